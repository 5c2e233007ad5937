"""Claim, a worker's lease on a job: how is it kept, and how is the job changed under it?

A claim lasts 60 s and is renewed at a third of that, never beyond the delivery's deadline. A renewal that finds the
token gone cuts the handler off: whoever lost the claim writes nothing more.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared import clock
from shared.errors import Unavailable
from shared.jobs import transitions
from shared.jobs.gates import Gate
from shared.jobs.record import Record
from shared.jobs.record_store import ClaimLost, Held, Records
from shared.telemetry.pseudonyms import shown_job

_log = logging.getLogger("nightshift.jobs")


@dataclass(slots=True)
class ClaimedJob:
    """A job that this delivery has claimed: the record as last written, and the token that fences it."""

    records: Records
    held: Held
    token: str
    deadline: datetime
    length: timedelta
    probes: tuple[Gate, ...] = ()
    _lost: bool = False
    _renewals: asyncio.TimerHandle | None = None
    _renewing: asyncio.Task[None] | None = None
    _scope: asyncio.Timeout | None = field(default=None, repr=False)

    @property
    def record(self) -> Record:
        """The record as this worker last wrote it."""
        return self.held.record

    @property
    def lost(self) -> bool:
        """Whether a renewal found the token gone."""
        return self._lost

    async def change(self, change: Callable[[Record], Record]) -> None:
        """Write the record that `change` makes of it. Raises ClaimLost when the job is no longer ours."""
        self.held = await self.records.change_claimed(self.held, self.token, change)

    def start_renewing(self, scope: asyncio.Timeout) -> None:
        """Renew the claim until `stop_renewing`; when it is lost, let `scope` (the handler's) time out at once."""
        self._scope = scope
        self._schedule()

    async def stop_renewing(self) -> None:
        """Stop, and wait for a renewal under way, so that endings and renewals never write at once."""
        if self._renewals is not None:
            self._renewals.cancel()
            self._renewals = None
        if self._renewing is not None:
            await self._renewing
            self._renewing = None

    def _schedule(self) -> None:
        loop = asyncio.get_running_loop()
        self._renewals = loop.call_later(self.length.total_seconds() / 3, self._begin)

    def _begin(self) -> None:
        if clock.now() < self.deadline:
            self._renewing = asyncio.get_running_loop().create_task(self._renew())

    async def _renew(self) -> None:
        until = min(clock.now() + self.length, self.deadline)
        try:
            await self.change(lambda record: transitions.renewed(record, until))
        except ClaimLost:
            self._lost = True
            if self._scope is not None and self._renewals is not None:  # else the handler is through already
                self._scope.reschedule(asyncio.get_running_loop().time())
            return
        except Unavailable as error:
            _log.warning(
                "claim on job %s not renewed, next try follows: %s",
                shown_job(self.record.kind, self.record.key.id),
                error,
            )
        if self._renewals is not None:
            self._schedule()
