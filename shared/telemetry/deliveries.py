"""Deliveries: how does one become a span, and numbers?

Its span begins with its trace, once the message is read, and lasts from the host's call to its end. It is the child of
the span that sent the message, so a retry is another one beside it.
"""

from __future__ import annotations

import time
from datetime import datetime

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from shared import clock
from shared.telemetry import bounds, names, scopes, traceparents
from shared.telemetry.meters import Meters
from shared.telemetry.signals import Delivery

_FAILED = frozenset({"retry", "held", "dead", "store_failed"})


class RecordedDelivery(Delivery):
    """A delivery under way. Its span begins with its trace, and lasts from the host's call to its end."""

    __slots__ = (
        "_began",
        "_count",
        "_has_ended",
        "_kind",
        "_message",
        "_meters",
        "_put_at",
        "_queue",
        "_scope",
        "_since",
        "_span",
        "_tracer",
    )

    def __init__(
        self, tracer: Tracer, meters: Meters, kind: str, queue: str, message: str, put_at: datetime, count: int
    ) -> None:
        self._tracer, self._meters = tracer, meters
        self._kind, self._queue, self._message = kind, queue, message
        self._put_at, self._count = put_at, count
        self._since, self._began = time.time_ns(), time.perf_counter()
        self._span: Span | None = None
        self._scope = scopes.Entered()
        self._has_ended = False

    def began(self, traceparent: str | None) -> None:
        """See Delivery."""
        if self._span is not None:
            return
        context = traceparents.read(traceparent)
        self._span = self._tracer.start_span(
            f"process {self._queue}",
            context=traceparents.context_of(context) if context else Context(),
            kind=SpanKind.CONSUMER,
            start_time=self._since,
            attributes={
                names.SYSTEM: names.STORAGE_QUEUES,
                names.QUEUE: self._queue,
                names.OPERATION: "process",
                names.OPERATION_TYPE: "process",
                names.MESSAGE: self._message,
                names.DELIVERIES: self._count,
                names.KIND: self._kind,
            },
        )
        self._scope.enter(self._span)

    def ended(
        self,
        outcome: str,
        *,
        attempt: int | None = None,
        generation: int | None = None,
        error_class: str | None = None,
        code: str | None = None,
    ) -> None:
        """See Delivery."""
        self.began(None)
        span, self._has_ended = self._span, True
        assert span is not None
        beside = {
            names.OUTCOME: outcome,
            names.ATTEMPT: attempt,
            names.GENERATION: generation,
            names.ERROR: error_class,
            names.CODE: code,
        }
        span.set_attributes({name: value for name, value in beside.items() if value is not None})
        if outcome in _FAILED:
            span.set_status(Status(StatusCode.ERROR))
        self._count_it(outcome, attempt, error_class)

    def __exit__(self, *_: object) -> None:
        if self._span is None:
            return
        if not self._has_ended:
            self.ended("released")
        self._scope.leave()
        self._span.end()

    def _count_it(self, outcome: str, attempt: int | None, error_class: str | None) -> None:
        meters, seconds = self._meters, time.perf_counter() - self._began
        failed = {names.KIND: self._kind, names.ERROR: error_class}
        meters.deliveries.add(
            1, meters.of(failed | {names.OUTCOME: outcome}) | {names.ATTEMPT: bounds.attempt_of(attempt)}
        )
        told = {names.QUEUE: self._queue, names.OPERATION: "process", names.ERROR: error_class}
        meters.processing.record(seconds, meters.of(told) | {names.SYSTEM: names.STORAGE_QUEUES})
        if self._count == 1:
            age = (clock.now() - self._put_at).total_seconds() - seconds
            meters.age.record(max(age, 0.0), meters.of({names.KIND: self._kind}))
        if outcome == "dead":
            meters.dead.add(1, meters.of(failed))
        elif outcome == "ended":
            meters.duplicates.add(1, meters.of({names.KIND: self._kind, names.SEEN_BY: "worker"}))
