"""The app looks after its own jobs: what its housekeeping timers call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.jobs.worker import HostMessage


async def process_run(message: HostMessage) -> None:
    """Handle one delivery of the queue of runs."""
    from processors.catalogue import run_kind
    from shared.jobs import worker

    await worker.deliver(run_kind, message)


async def process_run_poison(message: HostMessage) -> None:
    """Turn one message of a run that the host gave up on into a dead letter."""
    from processors.catalogue import run_kind
    from shared.jobs import worker

    await worker.deliver_poison(run_kind, message)


async def rescue_jobs() -> None:
    """Wake the jobs that nobody woke, and send what a crash has left of alerts."""
    from functools import partial

    from processors.catalogue import registry
    from shared.alert_states import ring_all
    from shared.config import settings
    from shared.heartbeats import beating
    from shared.jobs import notifications
    from shared.jobs.rescue import Rescue
    from shared.jobs.worker import runtime

    of = runtime()
    async with beating(of.services.documents, "RescueJobs"):
        await Rescue(of.records, of.services.queues, of.gates, registry(settings())).run()
        await ring_all(of.services.documents, partial(notifications.send, of.services))


async def catch_up_runs() -> None:
    """Settle the slots that no timer rang for."""
    from processors.catalogue import run_definitions
    from shared.config import settings
    from shared.heartbeats import beating
    from shared.jobs.runs.catch_up import catch_up
    from shared.jobs.worker import runtime

    services = runtime().services
    async with beating(services.documents, "CatchUpRuns"):
        await catch_up(services, run_definitions(settings()))
