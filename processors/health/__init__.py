"""Housekeeping: what the app's housekeeping timers and its run queue call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.jobs.kinds import Kind


def run_kind(settings: Settings) -> Kind:
    """Return the kind `run` with every run of the app."""
    from processors.catalogue import run_kind

    return run_kind(settings)


async def rescue_jobs() -> None:
    """Send the messages of overdue jobs again, and alerts that a crash left unsent."""
    from functools import partial

    from processors.catalogue import registry
    from shared.alerts import sending
    from shared.alerts.states import send_all
    from shared.config import settings
    from shared.heartbeats import beating
    from shared.jobs import wrong_clock
    from shared.jobs.rescue import Rescue
    from shared.jobs.worker import runtime

    of = runtime()
    if await wrong_clock.stops(of.clock_check, of.services.documents, "RescueJobs"):
        return
    async with beating(of.services.documents, "RescueJobs"):
        await Rescue(of.records, of.services.queues, of.gates, registry(settings())).run()
        await send_all(of.services.documents, None, partial(sending.send, of.services))


async def catch_up_runs() -> None:
    """Catch up the slots whose timer didn't fire, or record them as missed."""
    from processors.catalogue import run_definitions
    from shared.config import settings
    from shared.heartbeats import beating
    from shared.jobs import wrong_clock
    from shared.jobs.runs.catch_up import catch_up
    from shared.jobs.worker import runtime

    of = runtime()
    services = of.services
    if await wrong_clock.stops(of.clock_check, services.documents, "CatchUpRuns"):
        return
    async with beating(services.documents, "CatchUpRuns"):
        await catch_up(services, run_definitions(settings()))
