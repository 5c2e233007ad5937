"""Outcome of a delivery.

One `Outcome` per delivery: what the runtime logs, counts and, when the message must come back, raises as `Deferred`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from shared import telemetry
from shared.jobs.record import JobKey
from shared.telemetry import pseudonyms, signals

_log = logging.getLogger("nightshift.jobs")

What = Literal["completed", "next", "retry", "held", "dead", "ended", "deferred", "store_failed", "lost", "released"]
"""completed, next, dead: the job's ending. retry, held: waiting after a failed handling. ended: the message had nothing
to say. deferred: not now. store_failed: no attempt, later. lost: another worker has it. released: the worker stops."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one delivery of one message."""

    what: What
    kind: str
    job: str = ""
    generation: int | None = None
    attempt: int | None = None
    error_class: str | None = None
    code: str | None = None
    why: str | None = None
    wait: timedelta | None = None
    """How long until the message comes back; None: the host deletes it."""
    gate: str | None = None
    """The gate that holds the message back."""
    unrecorded: bool = False
    """Whether no record tells of the message that the gate holds back."""
    asked: JobKey | None = None
    """The job that a message of a recorded kind asks for."""

    @property
    def shown_job(self) -> str:
        """What stands for the job's id in a log."""
        return pseudonyms.shown_job(self.kind, self.job)

    def log(self, duration: timedelta) -> None:
        """Write the one structured event of this delivery."""
        level = logging.WARNING if self.what in ("dead", "store_failed", "lost") else logging.INFO
        if not _log.isEnabledFor(level):
            return
        telemetry.event(
            _log,
            level,
            "delivery",
            kind=self.kind,
            job_id=self.shown_job,
            generation=self.generation,
            attempt=self.attempt,
            outcome=self.what,
            error_class=self.error_class,
            code=self.code,
            why=self.why,
            duration_ms=round(duration.total_seconds() * 1000, 1),
            wait_s=round(self.wait.total_seconds(), 1) if self.wait is not None else None,
        )

    def tell(self, told: signals.Delivery) -> None:
        """Tell of it as the end of a delivery's span, and in the metrics."""
        told.ended(
            self.what,
            attempt=self.attempt,
            generation=self.generation,
            error_class=self.error_class,
            code=self.code,
        )


class Deferred(Exception):
    """The message must come back: raised so that the host doesn't delete it. Not a failure of the job."""

    planned = True
    """So a host that asks needs no traceback: devhost does, Azure's doesn't."""

    def __init__(self, outcome: Outcome) -> None:
        job = outcome.shown_job or "?"  # the host logs this
        super().__init__(f"{outcome.kind} job {job}: {outcome.what} ({outcome.why or outcome.code})")
        self.outcome = outcome
