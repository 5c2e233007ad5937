"""APScheduler without threads: its own scheduler and job stores, whose rounds the benchmark starts, and jobs that do
nothing."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

from apscheduler.executors.base import BaseExecutor  # type: ignore[import-untyped]
from apscheduler.jobstores.memory import MemoryJobStore  # type: ignore[import-untyped]
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore  # type: ignore[import-untyped]
from apscheduler.schedulers.base import BaseScheduler  # type: ignore[import-untyped]


class StillScheduler(BaseScheduler):  # type: ignore[misc]
    """A scheduler that waits for nothing."""

    def round(self) -> None:
        """Start the jobs that are due, as its thread would."""
        self._process_jobs()

    def wakeup(self) -> None:
        """See BaseScheduler."""

    def shutdown(self, wait: bool = True) -> None:
        """See BaseScheduler."""
        super().shutdown(wait)


class _Nothing(BaseExecutor):  # type: ignore[misc]
    def _do_submit_job(self, job: Any, run_times: Any) -> None:
        self._run_job_success(job.id, [])


def started(file: Path | None) -> StillScheduler:
    """Return a scheduler that was started, and keeps its jobs in a SQLite file; None: in memory."""
    store = MemoryJobStore() if file is None else SQLAlchemyJobStore(f"sqlite:///{file}")
    scheduler = StillScheduler(jobstores={"default": store}, executors={"default": _Nothing()}, timezone=UTC)
    scheduler.start()
    return scheduler
