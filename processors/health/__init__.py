"""The app looks after its own jobs: what its housekeeping timers call."""

from __future__ import annotations


async def rescue_jobs() -> None:
    """Wake the jobs that nobody woke."""
    from processors.catalogue import registry
    from shared.config import settings
    from shared.jobs.rescue import Rescue
    from shared.jobs.worker import runtime

    of = runtime()
    await Rescue(of.records, of.services.queues, of.gates, registry(settings())).run()
