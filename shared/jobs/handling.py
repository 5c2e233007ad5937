"""Handling: how does a claimed job run, and how is it left?

Its handler runs while the claim is renewed, then its ending is written (endings.py). A worker that stops, and one that
our own store or queues fail, gives the job back as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from shared import clock
from shared.errors import NightshiftError, Unavailable
from shared.jobs import messages, retry, transitions
from shared.jobs.arrival import Arrival
from shared.jobs.claim import ClaimedJob
from shared.jobs.deferring import Deferring
from shared.jobs.endings import Endings
from shared.jobs.gates import Gate, Gates
from shared.jobs.kinds import Ending, Job, Kind
from shared.jobs.outcome import Outcome
from shared.jobs.record_store import ClaimLost
from shared.services import Services

LOST_DEFERRAL = timedelta(seconds=5)
"""A delivery that lost its claim looks again so soon."""


class Handling:
    """Runs claimed jobs to their endings."""

    def __init__(self, services: Services, gates: Gates, deferring: Deferring) -> None:
        self._services = services
        self._gates = gates
        self._deferring = deferring
        self._endings = Endings(services.queues, gates)

    async def run(self, arrival: Arrival, claimed: ClaimedJob, payload: Any | None) -> Outcome:
        """Run the handler on `payload` (None: the record's, validated anew) and write its ending."""
        record = claimed.record
        job = Job(
            arrival.key, record.generation, record.attempts + 1, record.created_at, self._services, record.traceparent
        )
        began = clock.now()
        try:
            if payload is None:
                payload = messages.validate(arrival.kind, record.payload or {})
            result = await self._handle(arrival.kind, job, claimed, payload)
        except asyncio.CancelledError:
            await asyncio.shield(self._release(arrival, claimed))
            raise
        except Unavailable:
            await self.give_back(claimed.probes)
            await self._set_aside(arrival, claimed)
            raise
        except ClaimLost:
            return self._lost(arrival, claimed)
        except Exception as error:
            ending = self._endings.fail(arrival.kind, claimed, error, began)
        else:
            ending = self._endings.succeed(arrival.kind, claimed, result)
        try:
            return await ending
        except ClaimLost:
            return self._lost(arrival, claimed)
        except Unavailable:
            await self._set_aside(arrival, claimed)
            raise

    async def give_back(self, probes: Iterable[Gate]) -> None:
        """Make the gates of these probes due again: nobody learned anything of their dependencies."""
        for probe in probes:
            await self._gates.end_probe(probe, success=False)

    async def _handle(self, kind: Kind, job: Job, claimed: ClaimedJob, payload: Any) -> Ending:
        left = (claimed.deadline - clock.now()).total_seconds()
        margin = min(5.0, kind.policy.deadline.total_seconds() / 10)  # the ending's writes fall into the claim too
        try:
            async with asyncio.timeout(max(left - margin, 0)) as scope:
                claimed.start_renewing(scope)
                return await kind.handler(job, payload)
        except TimeoutError as error:
            if claimed.lost:
                raise ClaimLost("the claim was lost while the handler ran") from None
            if scope.expired():
                raise self._endings.too_slow(kind) from error
            raise
        finally:
            await claimed.stop_renewing()

    async def _release(self, arrival: Arrival, claimed: ClaimedJob) -> None:
        await self.give_back(claimed.probes)
        try:
            await claimed.change(transitions.released)
            await self._deferring.postpone(arrival.delivery, timedelta())
        except (ClaimLost, NightshiftError):
            return  # the claim runs out, the message comes back: the protocol copes
        arrival.outcome("released", claimed.held, why="the worker stops").log(timedelta())

    async def _set_aside(self, arrival: Arrival, claimed: ClaimedJob) -> None:
        """Release a job that our store or queues failed, if the record at least can be written.

        Else its claim runs out and counts as a crash: six visits during one long partial outage would kill the job.
        """
        wait = retry.store_delay(arrival.delivery.dequeue_count)
        try:
            await claimed.change(lambda record: transitions.released(record, "store failed", wait))
        except (ClaimLost, NightshiftError):
            return  # the claim runs out, the message comes back: the protocol copes

    def _lost(self, arrival: Arrival, claimed: ClaimedJob) -> Outcome:
        return arrival.outcome("lost", claimed.held, why="the claim was lost", wait=LOST_DEFERRAL)
