"""Does nothing but what is listed leave, should a later change tell more?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext, Status, StatusCode, TraceFlags

from shared.jobs.messages import traceparent_of
from shared.telemetry import names, traceparents
from shared.telemetry.allowed import Allowed


def test_a_span_leaves_with_what_is_listed_and_nothing_else() -> None:
    inner = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(Allowed(inner)))
    span = provider.get_tracer("t").start_span("process taste")
    span.set_attribute(names.KIND, "taste")
    span.set_attribute("user.email", "ada@example.com")
    span.add_event("prompt", {"text": "Ada's wedding dress"})
    span.record_exception(ValueError("ada@example.com"))
    span.set_status(Status(StatusCode.ERROR, "ada@example.com"))
    span.end()

    (left,) = inner.get_finished_spans()
    assert dict(left.attributes or {}) == {names.KIND: "taste"}
    assert (len(left.events), left.status.status_code, left.status.description) == (0, StatusCode.ERROR, None)
    assert "ada" not in left.to_json()


@given(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.booleans())
def test_a_traceparent_is_what_messages_take_and_is_read_back(trace: int, span: int, sampled: bool) -> None:
    context = SpanContext(trace, span, is_remote=True, trace_flags=TraceFlags(int(sampled)))
    text = traceparents.of(context)

    assert traceparent_of(text) == text
    assert traceparents.read(text) == context


@given(st.none() | st.text() | st.from_regex(r"[0-9a-f]{2}-[0f]{32}-[0f]{16}-[0-9a-f]{2}"))
def test_both_take_the_same_for_a_trace(text: str | None) -> None:
    assert (traceparents.read(text) is None) == (traceparent_of(text) is None)
