"""Metrics: usage events are taken in, and add up to roll-ups by hour, day and month that never shrink."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.jobs.kinds import Kind


def event_kind(settings: Settings) -> Kind:
    """Return the plain kind of the usage events."""
    from processors.metrics.kind import event_kind

    return event_kind(settings)


async def open_reconcile_run() -> None:
    """Open the reconcile run of the latest slot."""
    from processors.metrics.reconcile import reconcile_run
    from shared.jobs.runs import timers

    await timers.open_run(reconcile_run)


async def aggregate() -> None:
    """Enqueue what is to be recomputed."""
    from shared.heartbeats import beating, note
    from shared.jobs import wrong_clock
    from shared.jobs.worker import runtime
    from shared.rollups.planning import enqueue_marks

    of = runtime()
    documents = of.services.documents
    if await wrong_clock.stops(of.clock_check, documents, "AggregateMetrics"):
        return
    async with beating(documents, "AggregateMetrics"):
        planned = await enqueue_marks(documents, of.services.queues, of.services.settings.rollup_queue)
        await note(documents, "AggregateMetrics", {"planned": planned.to_body()})
