"""Gathering: what is read of a thing that is explained? A bounded number of operations, however much there is."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from operations import storage
from operations.explain.finding import Asked
from operations.explain.jobs import JobFacts
from operations.explain.letters import LetterFacts
from operations.explain.messages import MessageFacts
from operations.explain.rules import RuleFacts
from operations.explain.runs import RunFacts
from operations.explain.sources import SourceFacts
from operations.explain.timer_trouble import Beat
from operations.explain.traffic import LOOKED_BACK, Traffic
from operations.explanations import Surroundings, surroundings
from processors.alerts import chains, scheduler
from processors.alerts.identity import key_of
from processors.alerts.rule import Rule
from processors.scraper.addresses import origin
from processors.scraper.run import NAME as SCRAPER
from processors.scraper.sources import is_silent
from processors.scraper.turns import Turns
from shared import clock, heartbeats
from shared.config import Settings
from shared.documents.containers import ALERT_STATES, JOBS, SCHEDULER_STATE
from shared.documents.ids import compound
from shared.documents.port import Body, Condition, Documents
from shared.errors import NightshiftError
from shared.jobs import messages, scopes
from shared.jobs.gates import Gates
from shared.jobs.held_messages import HeldMessage
from shared.jobs.kinds import Kind
from shared.jobs.record import LIVE, JobKey, Record, from_body
from shared.jobs.record_store import Records
from shared.jobs.runs import job as run_job
from shared.queues.port import Queues
from shared.services import open_queues

SHARDS_LOOKED_AT = 5


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

    async def run(self, asked: Asked) -> RunFacts:
        """Return the facts of a run that was asked about."""
        around, catch_up = await surroundings(self.documents, self.settings), await self.beat("CatchUpRuns")
        facts = RunFacts(asked.name, asked.run, asked.definition, asked.slot, around, catch_up)
        if asked.run is None:
            state = await self.documents.get(SCHEDULER_STATE, asked.name, asked.name)
            since = {name: clock.parse(state.body[name]) for name in ("activatedAt", "settledUntil")} if state else {}
            return replace(facts, active_since=since.get("activatedAt"), settled=since.get("settledUntil"))
        held = await Records(self.documents).get(run_job.key(asked.name, asked.run.id))
        if held is not None:
            facts = replace(facts, job=JobFacts(held.record, around, await self.beat("RescueJobs")))
        if asked.run.ended_at is not None or asked.run.status == "missed":
            return facts
        return replace(facts, open_shards=await self._open_shards(asked.run.id))

    async def rule(self, rule: Rule) -> RuleFacts:
        """Return the facts of an alert rule."""
        documents, records = self.documents, Records(self.documents)
        around, held = await surroundings(documents, self.settings), await scheduler.read(documents)
        state = await documents.get(ALERT_STATES, rule.client, compound(rule.id, rule.definition.condition.scope))
        facts = RuleFacts(rule, around, held, await self.beat("DispatchAlerts"), state=state.body if state else None)
        slot = rule.timing.last_slot
        last = await records.get(key_of(rule.client, rule.id, slot)) if slot is not None else None
        if last is None or slot is None or last.record.ended:
            return replace(facts, last=last.record if last is not None else None)
        before = await chains.waits_for(documents, records, rule, slot)
        return replace(facts, last=last.record, waits_for=before)

    async def source(self, body: Body) -> SourceFacts:
        """Return the facts of a source of the scraper."""
        from processors.catalogue import run_definitions

        around, settings = await surroundings(self.documents, self.settings), self.settings
        definition = run_definitions(settings).named(SCRAPER)
        run = run_job.id_of(SCRAPER, definition.slots.latest(around.now).text)
        shard = await Records(self.documents).get(JobKey(scopes.of_run(run), f"{body['sourceType']}-{body['id']}"))
        return SourceFacts(
            body, around, definition.slots.at(definition.slots.schedule.after(around.now)), definition.timer or "",
            settings.scraper_failures_to_pause, settings.scraper_host_delay_seconds,
            is_silent(body, timedelta(days=settings.scraper_silent_days)),
            shard.record if shard is not None else None,
            await Turns(self.documents).held_until(origin(body["url"])),
        )  # fmt: skip

    async def _open_shards(self, run: str) -> tuple[Record, ...]:
        """Return some shards of a run that haven't ended."""
        live: list[Condition] = [("status", "in", list(LIVE))]
        query = self.documents.query(JOBS, partition=scopes.of_run(run), where=live, limit=SHARDS_LOOKED_AT)
        return tuple([from_body(document.body) async for document in query])

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
