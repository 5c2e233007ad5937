"""Gathering: what is read of a thing that is explained? A bounded number of operations, however much there is."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operations import storage
from operations.explain.jobs import JobFacts, MessageFacts
from operations.explain.letters import LetterFacts
from operations.explain.timer_trouble import Beat
from operations.explain.traffic import LOOKED_BACK, Traffic
from operations.explanations import Surroundings, surroundings
from shared import clock, heartbeats
from shared.config import Settings
from shared.documents.containers import JOBS
from shared.documents.port import Body, Condition, Documents
from shared.errors import NightshiftError
from shared.jobs import messages
from shared.jobs.gates import Gates
from shared.jobs.held_messages import HeldMessage
from shared.jobs.kinds import Kind
from shared.jobs.record import Record, from_body
from shared.queues.port import Queues
from shared.services import open_queues


@dataclass(frozen=True, slots=True)
class Gathering:
    """Reads facts. `queues` None: they are opened when one is asked how deep it is."""

    documents: Documents
    settings: Settings
    queues: Queues | None = None

    async def job(self, body: Body) -> JobFacts:
        """Return the facts of a job that isn't dead."""
        record, around = from_body(body), await surroundings(self.documents, self.settings)
        kind, rescuer = around.kinds.get(record.kind), await self.beat("RescueJobs")
        if kind is None:
            return JobFacts(record, around, rescuer)
        if record.ended:
            return JobFacts(record, around, rescuer, superseded_by=await self._superseded_by(kind, record))
        return JobFacts(record, around, rescuer, await self._traffic(kind, around))

    async def message(self, held: HeldMessage) -> MessageFacts:
        """Return the facts of a message that a gate holds back and that begins a job."""
        found = [gate for gate in await Gates(self.documents).all() if gate.name == held.gate]
        return MessageFacts(held, found[0] if found else None, clock.now())

    async def letter(self, body: Body) -> LetterFacts:
        """Return the facts of a dead letter."""
        record, around = from_body(body), await surroundings(self.documents, self.settings)
        kind, cause = around.kinds.get(record.kind), record.reason.cause if record.reason else ""
        dead: list[Condition] = [("status", "=", "dead"), ("reason.cause", "=", cause)]
        alike = await self.documents.count(JOBS, where=dead)
        if kind is None:
            return LetterFacts(record, around, alike)
        return LetterFacts(record, around, alike, await self._completed_since(kind, record), _problem(kind, record))

    async def beat(self, name: str) -> Beat:
        """Return how often a housekeeping timer fires, and its heartbeat."""
        from processors.catalogue import housekeeping

        every = next(tick.schedule.shortest_gap() for tick in housekeeping(self.settings) if tick.name == name)
        return Beat(name, every, (await heartbeats.all_of(self.documents)).get(name))

    async def _traffic(self, kind: Kind, around: Surroundings) -> Traffic:
        since = clock.to_text(around.now - LOOKED_BACK)
        # What ended is written last when it ends: so updatedAt, which has an index, says as much.
        ended: list[Condition] = [("updatedAt", ">=", since), ("endedAt", ">=", since), ("kind", "=", kind.name)]
        return Traffic(await self._depth(kind.queue), await self.documents.count(JOBS, where=ended))

    async def _depth(self, queue: str) -> int | None:
        """Return how many messages a queue holds; None when that can't be known now."""
        if self.queues is not None:
            return await _depth_of(self.queues, queue)
        try:
            await asyncio.to_thread(storage.require_local, self.settings)
            queues = open_queues(self.settings)
        except NightshiftError:
            return None
        try:
            return await _depth_of(queues, queue)
        finally:
            await queues.close()

    async def _completed_since(self, kind: Kind, record: Record) -> int | None:
        if not kind.recorded:
            return None
        since = clock.to_text(record.ended_at or record.updated_at)
        completed: list[Condition] = [
            ("updatedAt", ">", since), ("endedAt", ">", since), ("kind", "=", kind.name), ("status", "=", "completed"),
        ]  # fmt: skip
        return await self.documents.count(JOBS, where=completed)

    async def _superseded_by(self, kind: Kind, record: Record) -> str | None:
        """Return the job that asked later for what a completed job is about."""
        if kind.latest is None or record.status != "completed" or not record.payload:
            return None
        try:
            asked = messages.validate(kind, dict(record.payload))
        except messages.BadMessage:
            return None
        standing = await kind.latest.standing(self.documents, asked)
        if standing is None or standing.job_id == record.key.id:
            return None
        return standing.job_id if standing.instant > record.payload.get(kind.latest.member, "") else None


async def _depth_of(queues: Queues, queue: str) -> int | None:
    try:
        return await queues.depth(queue)
    except NightshiftError:
        return None  # the explanation holds without it


def _problem(kind: Kind, record: Record) -> str | None:
    """Return what is wrong with a letter's payload; None when it is valid."""
    try:
        members: Mapping[str, Any] = record.payload or {}
        if record.raw is not None:
            members = messages.decode(base64.b64decode(record.raw))
        messages.validate(kind, dict(members))
    except messages.BadMessage as error:
        return str(error)
    return None
