"""What telemetry a test has seen: the real signals, recorded in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.telemetry import signals
from shared.telemetry.recording import Recording


@dataclass
class Seen:
    """Spans and metrics of a process, as far as they have ended."""

    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader

    def spans(self) -> list[ReadableSpan]:
        """Return the ended spans, in the order of their beginning."""
        return sorted(self.exporter.get_finished_spans(), key=lambda span: span.start_time or 0)

    def named(self, name: str) -> list[ReadableSpan]:
        """Return the spans of a name."""
        return [span for span in self.spans() if span.name == name]

    def points(self) -> dict[str, list[tuple[dict[str, Any], Any]]]:
        """Return the points of each metric: attributes, and the value, or count and sum."""
        found: dict[str, list[tuple[dict[str, Any], Any]]] = {}
        data = self.reader.get_metrics_data()
        for resource in data.resource_metrics if data else ():
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    for point in metric.data.data_points:
                        value = point.value if hasattr(point, "value") else (point.count, point.sum)
                        found.setdefault(metric.name, []).append((dict(point.attributes or {}), value))
        return found

    def counted(self, metric: str, **attributes: str) -> float:
        """Return the sum of a counter's points whose attributes end with these names and have these values."""
        return sum(value for found, value in self.points().get(metric, []) if has(found, attributes))


def has(found: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    """Return whether attributes have values, named by the last part of their names."""
    by_last = {name.rpartition(".")[2]: value for name, value in found.items()}
    return all(by_last.get(name) == value for name, value in wanted.items())


@contextmanager
def recorded() -> Iterator[Seen]:
    """Record the process's signals in memory while the block runs."""
    seen = Seen(InMemorySpanExporter(), InMemoryMetricReader())
    traces = TracerProvider(shutdown_on_exit=False)
    traces.add_span_processor(SimpleSpanProcessor(seen.exporter))
    before = signals.use(Recording(traces, MeterProvider([seen.reader], shutdown_on_exit=False)))
    try:
        yield seen
    finally:
        signals.use(before)
