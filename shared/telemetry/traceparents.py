"""Traceparents: how does the context of a span stand in a message, and how is it read from one?

In the form of W3C Trace Context, version 00. What isn't one is no trace: nobody's message fails for it.
"""

from __future__ import annotations

import re

from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

_read = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})").fullmatch


def of(context: SpanContext) -> str:
    """Return the traceparent of a span's context."""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def read(text: str | None) -> SpanContext | None:
    """Return the context that a traceparent names, or None."""
    found = _read(text) if text else None
    if found is None:
        return None
    trace, span, flags = (int(part, 16) for part in found.groups())
    return SpanContext(trace, span, is_remote=True, trace_flags=TraceFlags(flags & TraceFlags.SAMPLED))


def context_of(span: SpanContext) -> Context:
    """Return a context in which a span of elsewhere is under way, and nothing else."""
    return set_span_in_context(NonRecordingSpan(span), Context())
