"""Recording: how does what the app tells become spans and metrics?

With OpenTelemetry's SDK, on providers of the app's own: no library that looks for a global one gets to know of them,
so none adds spans with addresses or ids of its own. A message's process span is the child of the span that sent it,
so one trace leads from a producer's traceparent through retries and replays to the notification.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Literal

from opentelemetry.context import Context
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import (
    Link,
    Span,
    SpanKind,
    Status,
    StatusCode,
    TracerProvider,
    get_current_span,
)

from shared.telemetry import names, scopes, traceparents
from shared.telemetry.calls import Call, StoreCall, fail, spending
from shared.telemetry.deliveries import RecordedDelivery
from shared.telemetry.meters import Meters
from shared.telemetry.signals import Answering, Delivery, Signals

NAME = "nightshift"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Recording(Signals):
    """The signals of a process, as spans and metrics."""

    is_on = True

    def __init__(self, traces: TracerProvider, metrics: MeterProvider) -> None:
        self.tracer = traces.get_tracer(NAME)
        self.meters = Meters(metrics.get_meter(NAME))

    def delivery(self, kind: str, queue: str, message: str, put_at: datetime, count: int) -> Delivery:
        """See Signals."""
        return RecordedDelivery(self.tracer, self.meters, kind, queue, message, put_at, count)

    @contextmanager
    def sending(self, queue: str, traceparent: str | None) -> Iterator[str | None]:
        """See Signals. A job's own trace is gone on with, and whoever wakes it is linked."""
        parent, links = _parent(traceparent)
        span = self.tracer.start_span(
            f"send {queue}",
            context=parent,
            kind=SpanKind.PRODUCER,
            links=links,
            attributes={
                names.SYSTEM: names.STORAGE_QUEUES,
                names.QUEUE: queue,
                names.OPERATION: "send",
                names.OPERATION_TYPE: "send",
            },
        )
        told: dict[str, str | None] = {names.QUEUE: queue}
        try:
            yield traceparents.of(span.get_span_context())
        except BaseException as error:
            told[names.ERROR] = fail(span, error)
            raise
        finally:
            span.end()
            self.meters.sent.add(1, self.meters.of(told))

    def calling_model(self, operation: str, provider: str, model: str) -> Call:
        """See Signals."""
        attributes = {names.AI_OPERATION: operation, names.AI_PROVIDER: provider, names.AI_MODEL: model}

        def done(call: Call) -> None:
            told = self.meters.of(attributes)
            self.meters.model.record(call.seconds, told | self.meters.of({names.ERROR: call.error}))
            for token_type, count in zip(("input", "output"), call.tokens or (), strict=False):
                self.meters.tokens.record(count, told | {names.AI_TOKEN_TYPE: token_type})
            if call.cost_micro_usd:
                self.meters.cost.add(call.cost_micro_usd, told)

        return Call(self._client_span(f"{operation} {model}", attributes), done)

    def calling_store(self, system: str, operation: str, container: str) -> StoreCall:
        """See Signals. Beside any delivery, tick or request there is no span; and only so many within one."""
        attributes = {names.DB_SYSTEM: system, names.DB_OPERATION: operation, names.DB_CONTAINER: container}

        def done(call: Call) -> None:
            told = self.meters.of(attributes)
            self.meters.store.record(call.seconds, told | self.meters.of({names.ERROR: call.error}))
            if call.units:
                self.meters.charge.record(call.units, told)

        within = scopes.take_one()
        return StoreCall(self._client_span(f"{operation} {container}", attributes) if within else None, done)

    def spent(self, units: float) -> None:
        """See Signals."""
        call = spending.get()
        if call is not None:
            call.spent(units)

    def notifying(self, channel: str, events: int) -> Call:
        """See Signals."""

        def done(call: Call) -> None:
            self.meters.notifications.add(1, self.meters.of({names.CHANNEL: channel, names.ERROR: call.error}))

        return Call(self._client_span(f"notify {channel}", {names.CHANNEL: channel, names.EVENTS: events}), done)

    @contextmanager
    def ticking(self, timer: str) -> Iterator[None]:
        """See Signals. A tick begins a trace."""
        attributes = {names.TRIGGER: "timer", names.TIMER: timer}
        span = self.tracer.start_span(f"timer {timer}", context=Context(), attributes=attributes)
        with scopes.within(span):
            try:
                yield
            except BaseException as error:
                fail(span, error)
                raise

    @contextmanager
    def answering(self, method: str, theirs: str | None, ours: str) -> Iterator[Answering]:
        """See Signals. The host tells of its request too, so this is an internal part of it."""
        method = method if method in _METHODS else names.OTHER
        given = traceparents.read(theirs.strip() if theirs else None)
        parent = traceparents.context_of(given) if given else Context()
        span = self.tracer.start_span(method, context=parent, attributes={names.METHOD: method})
        answering = _Answering(self, span, method)
        try:
            with scopes.within(span):
                yield answering
        finally:
            answering.close()

    def duplicate(self, kind: str) -> None:
        """See Signals."""
        self.meters.duplicates.add(1, self.meters.of({names.KIND: kind, names.SEEN_BY: "producer"}))

    def run_ended(self, run: str, outcome: str, seconds: float | None) -> None:
        """See Signals."""
        if seconds is not None:
            self.meters.runs.record(seconds, self.meters.of({names.SCHEDULED: run, names.OUTCOME: outcome}))

    def dispatched(self, what: str, lag: timedelta) -> None:
        """See Signals."""
        self.meters.lag.record(max(lag.total_seconds(), 0), self.meters.of({names.SCHEDULED: what}))

    def misfired(self, what: str, became: Literal["caught up", "missed", "skipped"], count: int = 1) -> None:
        """See Signals."""
        if count:
            self.meters.misfires.add(count, self.meters.of({names.SCHEDULED: what, names.OUTCOME: became}))

    def evaluated(self, verdict: str, took: timedelta) -> None:
        """See Signals."""
        self.meters.evaluations.record(took.total_seconds(), self.meters.of({names.VERDICT: verdict}))

    def ids(self) -> Mapping[str, str]:
        """See Signals."""
        context = get_current_span().get_span_context()
        if not context.is_valid:
            return {}
        return {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}

    def _client_span(self, name: str, attributes: Mapping[str, str | int]) -> Span:
        return self.tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)


class _Answering(Answering):
    """A request of the API under way."""

    def __init__(self, of: Recording, span: Span, method: str) -> None:
        super().__init__(traceparents.of(span.get_span_context()))
        self._of, self._span, self._method = of, span, method
        self._began = time.perf_counter()
        self._told: dict[str, str | None] = {names.METHOD: method}

    def answered(self, route: str, status: int | None) -> None:
        """See Answering."""
        route = route or names.OTHER
        self._span.update_name(f"{self._method} {route}")
        self._span.set_attribute(names.ROUTE, route)
        if status is not None:
            self._span.set_attribute(names.STATUS, status)
            if status >= 500:
                self._span.set_status(Status(StatusCode.ERROR))
        self._told |= {names.ROUTE: route, names.STATUS: str(status) if status is not None else None}

    def close(self) -> None:
        """Tell how long it took."""
        self._of.meters.requests.record(time.perf_counter() - self._began, self._of.meters.of(self._told))


def _parent(traceparent: str | None) -> tuple[Context | None, list[Link]]:
    """Return the context to go on with, and what else led to it.

    The span under way when it is in the job's own trace, or when the job has none yet.
    """
    given, present = traceparents.read(traceparent), get_current_span().get_span_context()
    if given is None or (present.is_valid and present.trace_id == given.trace_id):
        return None, []
    links = [Link(present)] if present.is_valid else []
    return traceparents.context_of(given), links
