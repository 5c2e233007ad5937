"""Has it ended? Looks at the records of jobs until each has, or until the time is up."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from cli import progress
from cli.enqueueing import Enqueued
from shared.jobs.kinds import JobKey
from shared.jobs.record import Record
from shared.jobs.records import Records
from shared.services import Services

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended; a `status` that is no end's is what it had when the time was up."""

    job: JobKey
    status: str
    reason: str | None = None
    timed_out: bool = False

    def explained(self) -> str:
        """Return what happened and what to do next, in one line."""
        if self.timed_out:
            return (
                f"job {self.job.id} is still {self.status}. Does the host run (./scripts/start)? "
                f"Look at it: nightshift jobs show {self.job.id}"
            )
        return (
            f"job {self.job.id} is {self.status}: {self.reason or 'no reason given'}. See: nightshift dead-letters list"
        )


async def until_ended(services: Services, asked: Iterable[Enqueued], limit_seconds: float) -> list[Ended]:
    """Return how each asked job ended, waiting at most `limit_seconds`."""
    records = Records(services.documents)
    open_jobs = {answer.job: answer.generation or 0 for answer in asked if answer.job is not None}
    ended: dict[JobKey, Ended] = {}
    loop = asyncio.get_running_loop()
    deadline, pause = loop.time() + limit_seconds, _FIRST_PAUSE_SECONDS
    with progress.bar("Waiting", len(open_jobs)) as advance:
        while True:
            seen: dict[JobKey, str] = {}
            for job, generation in open_jobs.items():
                held = await records.get(job)
                record = held.record if held else None
                seen[job] = record.status if record else "queued"
                if record is not None and record.ended and record.generation >= generation:
                    ended[job] = Ended(job, record.status, _reason(record))
                    advance()
            for job in ended:
                open_jobs.pop(job, None)
            if not open_jobs:
                return list(ended.values())
            if loop.time() >= deadline:
                return [*ended.values(), *(Ended(job, seen[job], timed_out=True) for job in open_jobs)]
            await asyncio.sleep(min(pause, max(0.0, deadline - loop.time())))
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _reason(record: Record) -> str | None:
    return f"{record.reason.code}: {record.reason.message}" if record.reason else None
