"""Endings: how does a handling end?

The endings table of docs/protocol.md: effect first (the handler's), then the record, then the message. The class of the
error decides: back off, wait as told without spending an attempt, hold, or dead-letter now.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import clock
from shared.errors import Misconfigured, Permanent, RateLimited, Transient
from shared.jobs import aftermath, retry, sending, transitions
from shared.jobs.claim import ClaimedJob
from shared.jobs.gates import Gates, gate_for
from shared.jobs.kinds import Ending, Kind, Skipped
from shared.jobs.outcome import Outcome, What
from shared.jobs.record import Record, changed
from shared.queues.port import Queues
from shared.telemetry.pseudonyms import shown_job

_log = logging.getLogger("nightshift.jobs")


class Endings:
    """Writes the ending of a claimed job. Every method may raise ClaimLost (write nothing more) or Unavailable."""

    def __init__(self, queues: Queues, gates: Gates) -> None:
        self._queues = queues
        self._gates = gates

    async def succeed(self, kind: Kind, claimed: ClaimedJob, result: Ending) -> Outcome:
        """The handler returned: its effect stands, or there is nothing to do any more.

        Complete or cancel the job, or send the next generation and let it wait.
        """
        await self._end_probes(claimed, success=True)
        record = claimed.record
        tried = _Tried.of(record)
        if result is None:
            await claimed.change(transitions.completed)
            return Outcome("completed", kind.name, tried.job, tried.generation, tried.attempt)
        if isinstance(result, Skipped):
            await claimed.change(lambda running: transitions.skipped(running, result.why))
            return Outcome("completed", kind.name, tried.job, tried.generation, tried.attempt, why=result.why)
        await sending.send(
            self._queues,
            kind.queue,
            record.payload or {},
            generation=record.generation + 1,
            traceparent=record.traceparent,
            delay=result.after,
        )
        await claimed.change(lambda running: transitions.continued(running, result.after))
        return Outcome("next", kind.name, tried.job, tried.generation, tried.attempt)

    async def fail(self, kind: Kind, claimed: ClaimedJob, error: Exception, began: datetime) -> Outcome:
        """The handler raised: retry, hold or dead-letter by the error's class. `began` is when the handling began.

        An error without a class is a defect of ours: retried as Transient, so that a fix can save the job, and logged
        with its traceback.
        """
        if isinstance(error, RateLimited | Misconfigured):
            return await self._hold(kind, claimed, error, began)
        await self._end_probes(claimed, success=False)
        if isinstance(error, Permanent):
            return await self._bury(kind, claimed, error, spent=False)
        if not isinstance(error, Transient):
            _log.error(
                "handler of %s job %s raised", kind.name, shown_job(kind.name, claimed.record.key.id), exc_info=error
            )
        if claimed.record.attempts + 1 >= kind.policy.max_attempts:
            return await self._bury(kind, claimed, error, spent=True)
        return await self._retry(kind, claimed, error)

    def too_slow(self, kind: Kind) -> Transient:
        """Return the error of a handler that was cut off at its deadline."""
        seconds = kind.policy.deadline.total_seconds()
        return Transient(f"The handler was cut off at its deadline of {seconds:g} s", code="deadline")

    async def _retry(self, kind: Kind, claimed: ClaimedJob, error: Exception) -> Outcome:
        reason, tried = transitions.reason_of(kind.name, error), _Tried.of(claimed.record)
        wait = retry.attempt_delay(tried.attempt, kind.policy.redelivery_max, error)
        await claimed.change(lambda record: transitions.retrying(record, reason, wait))
        return tried.failed("retry", kind, error, wait)

    async def _hold(
        self, kind: Kind, claimed: ClaimedJob, error: RateLimited | Misconfigured, began: datetime
    ) -> Outcome:
        reason, tried = transitions.reason_of(kind.name, error), _Tried.of(claimed.record)
        gate = await self._gates.close_after(
            gate_for(error, kind.gates), error, began, by=f"job {claimed.record.key.id}"
        )
        for probe in claimed.probes:
            if probe.name != gate.name:
                await self._gates.end_probe(probe, success=False)
        due = gate.look_at(clock.now())
        await claimed.change(lambda record: transitions.held(record, reason, due, gate.name))
        return tried.failed("held", kind, error, max(due - clock.now(), timedelta()))

    async def _bury(self, kind: Kind, claimed: ClaimedJob, error: Exception, *, spent: bool) -> Outcome:
        reason, tried = transitions.reason_of(kind.name, error), _Tried.of(claimed.record)
        await claimed.change(lambda record: transitions.dead(changed(record, crashes=0), reason, spent=spent))
        await aftermath.follow(kind, claimed.records.documents, claimed.record)
        return tried.failed("dead", kind, error, None)

    async def _end_probes(self, claimed: ClaimedJob, *, success: bool) -> None:
        for probe in claimed.probes:
            await self._gates.end_probe(probe, success=success)


@dataclass(frozen=True, slots=True)
class _Tried:
    """Which handling it was, before its ending changed the record."""

    job: str
    generation: int
    attempt: int

    @classmethod
    def of(cls, record: Record) -> _Tried:
        return cls(record.key.id, record.generation, record.attempts + 1)

    def failed(self, what: What, kind: Kind, error: Exception, wait: timedelta | None) -> Outcome:
        return Outcome(
            what,
            kind.name,
            self.job,
            self.generation,
            self.attempt,
            type(error).__name__,
            getattr(error, "code", "unexpected"),
            wait=wait,
        )
