"""The functions of workloads that ask something of others, and housekeeping: the catalogue has handed it to them.

function_app.py calls these as it calls a workload's own package: their parts are imported when they are called. A
workload can't do this itself, since the catalogue imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.jobs.kinds import Kind


async def open_digest_run() -> None:
    """Open the digests' run of the latest slot."""
    from processors.catalogue import run_definitions
    from shared.jobs.runs import timers

    await timers.open_run(lambda settings: run_definitions(settings).named("digest"))


def digest_kind(settings: Settings) -> Kind:
    """Return the kind of the groups of users of a digests' run."""
    from processors.catalogue import digest_kind

    return digest_kind(settings)


def rollup_kind(settings: Settings) -> Kind:
    """Return the plain kind that recomputes roll-ups."""
    from processors.catalogue import rollup_kind

    return rollup_kind(settings)


def alert_kind(settings: Settings) -> Kind:
    """Return the kind of the runs of alert rules, which ask workloads for their measures."""
    from processors.catalogue import alert_kind

    return alert_kind(settings)


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
    """Catch up the slots whose timer didn't fire, or record them as missed; see whether the watch over jobs lives."""
    from processors.catalogue import run_definitions, watch_the_watch
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
        await watch_the_watch(services)


async def watch_job_health() -> None:
    """Look at runs, queues and jobs, and tell what is wrong."""
    from processors.catalogue import watch_jobs
    from shared.heartbeats import beating
    from shared.jobs import wrong_clock
    from shared.jobs.worker import runtime

    of = runtime()
    if await wrong_clock.stops(of.clock_check, of.services.documents, "WatchJobHealth"):
        return
    async with beating(of.services.documents, "WatchJobHealth"):
        await watch_jobs(of.services)
