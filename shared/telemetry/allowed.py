"""Allowed attributes: the last gate before spans leave the process.

Spans get only names and numbers of the app's own (recording.py). Should a later change give them more, it stops here:
attributes that names.py doesn't list, texts of errors and events don't leave.
"""

from __future__ import annotations

from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Status

from shared.telemetry import names


class Allowed(SpanExporter):
    """Exports spans by another exporter, with the attributes that are allowed and nothing else."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """See SpanExporter."""
        return self._inner.export([_cut(span) for span in spans])

    def shutdown(self) -> None:
        """See SpanExporter."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """See SpanExporter."""
        return self._inner.force_flush(timeout_millis)


def _cut(span: ReadableSpan) -> ReadableSpan:
    given = span.attributes or {}
    if not span.events and not span.status.description and given.keys() <= names.SPAN_ATTRIBUTES:
        return span
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={name: value for name, value in given.items() if name in names.SPAN_ATTRIBUTES},
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
