"""Benchmark of telemetry: what does it cost a message when it is off, and when it is on?"""

from __future__ import annotations

import asyncio
import gc
import itertools
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, cast

from bench import noop
from bench.measuring import Measure, Result, Run
from shared import clock
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.observed import ObservedDocuments
from shared.documents.port import Documents
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Misconfigured, Unavailable
from shared.jobs import retry, wrong_clock
from shared.jobs.kinds import Kind
from shared.jobs.outcome import Deferred, Outcome
from shared.jobs.runtime import Runtime
from shared.queues.memory import MemoryQueues
from shared.queues.port import Delivery
from shared.services import Services
from shared.telemetry import signals

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

_BATCH = 250
_BATCHES = 42
_WARM_UP = 500
_CALLS = 200_000
_QUEUE = "bench"


def measure(runs: int) -> Result:
    """Handle recorded no-op jobs without telemetry's calls, with them off, and with them on, batch by batch in turn."""
    return Result(
        "telemetry",
        f"Recorded no-op jobs as in `cpu`, {_BATCHES} batches of {_BATCH} in turn: by a runtime from which telemetry's "
        "calls around a delivery are taken out, with telemetry off (the default), and with it on, spans and metrics "
        "made and thrown away by the exporter. Ratios of batches that were measured one after the other, their median. "
        "What is called when it is off was also measured alone: a ratio of so little is lost in the machine's noise.",
        "off at most 1 % of own CPU",
        (
            Measure("without_ms", "ms", "own CPU a message without telemetry's calls"),
            Measure("off_ratio", "", "off, as a ratio to that"),
            Measure("calls_us", "µs", "off: the calls of one message, alone"),
            Measure("calls_percent", "%", "off: the calls of one message, of own CPU"),
            Measure("on_ratio", "", "on, as a ratio to without"),
            Measure("on_us", "µs", "on: what it adds to a message (5 spans, 6 points of metrics)"),
        ),
        [asyncio.run(_run()) for _ in range(runs)],
    )


class _Without(Runtime):
    """The runtime as it would be without telemetry."""

    async def _concluded(
        self, kind: Kind, delivery: Delivery, began: datetime, work: Callable[[signals.Delivery], Awaitable[Outcome]]
    ) -> Outcome:
        try:
            outcome = await wrong_clock.deferral(self.clock_check, kind, delivery) or await work(signals.UNTOLD)
        except (Unavailable, Misconfigured) as error:
            wait = retry.store_delay(delivery.dequeue_count)
            outcome = Outcome("store_failed", kind.name, error_class=type(error).__name__, code=error.code, wait=wait)
        if outcome.wait is not None:
            await self._deferring.defer(delivery, outcome, outcome.wait)
        outcome.log(clock.now() - began)
        if outcome.wait is not None:
            raise Deferred(outcome)
        return outcome


class _World:
    """A worker with queues and documents in memory."""

    def __init__(self, runtime: type[Runtime], *, observed: bool = False) -> None:
        self.queues, self._documents = MemoryQueues(), SqliteDocuments(":memory:")
        documents: Documents = ObservedDocuments(self._documents, "sqlite") if observed else self._documents
        self._runtime = runtime(Services(Settings(), documents, self.queues, cast(Blobs, None)))
        self._kind = noop.kind_with(_QUEUE)

    async def fill(self) -> None:
        """Put the messages into the queue."""
        await self.queues.ensure(_QUEUE)
        for body in noop.bodies(_WARM_UP + _BATCH * _BATCHES):
            self.queues.put(_QUEUE, body.encode())

    async def cpu_ms(self, count: int) -> float:
        """Return the CPU time a message of handling so many."""
        began = time.process_time()
        for _ in range(count):
            delivery = self.queues.receive(_QUEUE)
            assert delivery is not None
            await self._runtime.deliver(self._kind, delivery)
            self.queues.delete(delivery)
        return (time.process_time() - began) / count * 1000


async def _run() -> Run:
    without, off, on = _World(_Without), _World(Runtime), _World(Runtime, observed=True)
    for world in (without, off, on):
        await world.fill()
    recording = _recording()
    for world in (without, off):
        await world.cpu_ms(_WARM_UP)
    await _on(on, recording, _WARM_UP)
    worlds = {"without": without, "off": off, "on": on}
    orders = list(itertools.permutations(worlds))  # who comes after whom matters: caches, clocks of processors
    found: list[dict[str, float]] = []
    gc.collect()
    gc.disable()  # else the batch in which it runs pays for the garbage of all
    try:
        for number in range(_BATCHES):
            measured = {}
            for name in orders[number % len(orders)]:
                count = worlds[name].cpu_ms(_BATCH) if name != "on" else _on(on, recording, _BATCH)
                measured[name] = await count
            found.append(measured)
    finally:
        gc.enable()
    bare_ms = statistics.median(one["without"] for one in found)
    calls_us = _calls_us()
    return {
        "without_ms": bare_ms,
        "off_ratio": statistics.median(one["off"] / one["without"] for one in found),
        "calls_us": calls_us,
        "calls_percent": calls_us / bare_ms / 10,
        "on_ratio": statistics.median(one["on"] / one["without"] for one in found),
        "on_us": statistics.median(one["on"] - one["without"] for one in found) * 1000,
    }


async def _on(world: _World, recording: signals.Signals, count: int) -> float:
    before = signals.use(recording)
    try:
        return await world.cpu_ms(count)
    finally:
        signals.use(before)


def _calls_us() -> float:
    """Return the CPU time of the calls that one delivery makes when telemetry is off."""
    outcome, put_at = Outcome("completed", "noop", "job-1", 0, 1), clock.now()

    def told() -> None:
        with signals.current().delivery("noop", _QUEUE, "1", put_at, 1) as delivery:
            delivery.began(None)
            outcome.tell(delivery)

    began = time.process_time()
    for _ in range(_CALLS):
        told()
    with_calls = time.process_time() - began
    began = time.process_time()
    for _ in range(_CALLS):
        _nothing()
    return (with_calls - (time.process_time() - began)) / _CALLS * 1e6


def _nothing() -> None:
    """The calling itself."""


def _recording() -> signals.Signals:
    from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from shared.telemetry.allowed import Allowed
    from shared.telemetry.recording import Recording

    traces = TracerProvider()
    traces.add_span_processor(BatchSpanProcessor(Allowed(_nowhere())))
    metrics = MeterProvider([InMemoryMetricReader()], exemplar_filter=AlwaysOffExemplarFilter())
    return Recording(traces, metrics)


def _nowhere() -> SpanExporter:
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class Nowhere(SpanExporter):
        """Takes spans and forgets them."""

        def export(self, spans: object) -> SpanExportResult:
            """See SpanExporter."""
            return SpanExportResult.SUCCESS

    return Nowhere()
