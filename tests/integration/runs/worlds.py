"""A world for runs in one process: real runtimes, a real SQLite store, queues in memory, and a run to play with."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Any, cast

from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.containers import JOBS, RUNS
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.gates import Gates
from shared.jobs.interventions import Interventions
from shared.jobs.kinds import Job, Kind, Next, Registry
from shared.jobs.outcome import Deferred, Outcome
from shared.jobs.record import Record, from_body
from shared.jobs.record_store import Held, Records
from shared.jobs.runs import job as run_job
from shared.jobs.runs.catch_up import CaughtUp, catch_up
from shared.jobs.runs.definition import Page, Run, RunDefinition, RunDefinitions, Shard, Totals
from shared.jobs.runs.ledger import Entry, Ledger
from shared.jobs.runs.ledger import from_body as entry_of
from shared.jobs.runs.opening import Opened, open_latest_run, open_run
from shared.jobs.runs.run_kind import run_kind
from shared.jobs.runs.shards import ShardJob, shard_kind
from shared.jobs.runtime import Runtime
from shared.jobs.scopes import of_run
from shared.queues.memory import MemoryQueues
from shared.schedules import Schedule
from shared.services import Services
from tests.integration.jobs.worlds import MovingClock

SHARD_QUEUE = "round-jobs"
RUN_QUEUE = Settings().run_queue
LIMIT_STEPS = 20_000


@dataclass
class Rounds:
    """The workload: so many shards, planned page by page; what they and the fan-in do is for the test to say."""

    count: int = 3
    page: int = 100
    plans: list[str | None] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    fan_ins: list[dict[str, int]] = field(default_factory=list)
    on_plan: Callable[[str | None], None] = lambda cursor: None
    on_shard: Callable[[str], Awaitable[None] | None] = lambda shard: None
    on_fan_in: Callable[[], None] = lambda: None

    async def plan(self, run: Run, cursor: str | None) -> Page:
        """Return the page behind `cursor`."""
        self.plans.append(cursor)
        self.on_plan(cursor)
        begin = int(cursor or 0)
        end = min(begin + self.page, self.count)
        return Page([Shard(f"s{n:05}") for n in range(begin, end)], str(end) if end < self.count else None)

    async def handle(self, job: Job, payload: ShardJob) -> Next | None:
        """Do one shard."""
        doing = self.on_shard(payload.shard)
        if doing is not None:
            await doing
        self.done.append(payload.shard)
        return None

    async def fan_in(self, run: Run, totals: Totals) -> Mapping[str, int]:
        """Count what was done."""
        self.on_fan_in()
        self.fan_ins.append(dict(totals.by_state))
        return {"done": totals.completed}


@dataclass
class RunWorld:
    """A worker with its queues and store. Another one on the same (`second_worker`) is another process."""

    definition: RunDefinition
    rounds: Rounds
    time: MovingClock
    documents: Any = field(default_factory=lambda: SqliteDocuments(":memory:"))
    queues: MemoryQueues = field(default_factory=MemoryQueues)
    ended_messages: list[Outcome] = field(default_factory=list)

    def __post_init__(self) -> None:
        for queue in (RUN_QUEUE, SHARD_QUEUE, f"{RUN_QUEUE}-poison", f"{SHARD_QUEUE}-poison"):
            self.queues._queues.setdefault(queue, {})
        self.services = Services(Settings(), self.documents, self.queues, cast(Blobs, None))
        self.runtime = Runtime(self.services)
        self.records = Records(self.documents)
        self.definitions = RunDefinitions([self.definition])

    @cached_property
    def kind(self) -> Kind:
        """The kind `run`."""
        return run_kind(Settings(), self.definitions)

    @property
    def interventions(self) -> Interventions:
        """The operators' side."""
        registry = Registry([self.kind, *self.definitions.shard_kinds(Settings())])
        return Interventions(self.records, self.queues, Gates(self.documents), registry, by="ops")

    def second_worker(self) -> RunWorld:
        """Return another process's worker on the same store and queues."""
        return replace(self)

    async def open_latest_run(self) -> Opened:
        """Do what the timer function does."""
        return await open_latest_run(self.services, self.definition)

    async def ask(self, slot: str, *, force: bool = False) -> Opened:
        """Ask for a run by hand."""
        named = self.definition.slots.named(slot)
        return await open_run(self.services, self.definition, named, trigger="manual", by="ada", force=force)

    async def catch_up(self) -> CaughtUp:
        """Do what CatchUpRuns does; return what came of this run's slots."""
        for one in await catch_up(self.services, self.definitions):
            return one
        return CaughtUp(self.definition.name, (), ())

    async def deliver(self, queue: str) -> Outcome | None:
        """Deliver the next visible message of a queue as the host does; None when none is visible."""
        delivery = self.queues.receive(queue)
        if delivery is None:
            return None
        kind = self.kind if queue == RUN_QUEUE else self.definitions.shard_kinds(Settings())[0]
        try:
            outcome = await self.runtime.deliver(kind, delivery)
        except Deferred as deferred:
            return deferred.outcome
        self.queues.delete(delivery)
        return outcome

    async def step(self) -> Outcome:
        """Deliver the next message of the run; time moves on to when it is visible."""
        self._pass_time(RUN_QUEUE)
        outcome = await self.deliver(RUN_QUEUE)
        assert outcome is not None, "the run has no message"
        return outcome

    async def work_off(self) -> None:
        """Deliver every message there is and will be, letting time pass, until no queue holds one."""
        for _ in range(LIMIT_STEPS):
            for queue in (SHARD_QUEUE, RUN_QUEUE):
                if await self.deliver(queue) is not None:
                    break
            else:
                if not self._pass_time(RUN_QUEUE, SHARD_QUEUE):
                    return
        raise AssertionError("there is always another message")

    def _pass_time(self, *queues: str) -> bool:
        visible = [at for queue in queues if (at := self.queues.next_visible_at(queue)) is not None]
        if not visible:
            return False
        self.time.now = max(self.time.now, min(visible))
        return True

    async def entry(self, id: str) -> Entry:
        """Return a run in the ledger, which must be there."""
        held = await Ledger(self.documents).get(self.definition.name, id)
        assert held is not None, f"run {id} isn't in the ledger"
        return held.entry

    async def runs(self) -> dict[str, str]:
        """Return the status of every run in the ledger."""
        found = [entry_of(document.body) async for document in self.documents.query(RUNS)]
        return {entry.id: entry.status for entry in found}

    async def job(self, id: str) -> Held:
        """Return the record of a run's job, which must be there."""
        held = await self.records.get(run_job.key(self.definition.name, id))
        assert held is not None, f"run {id} has no job"
        return held

    async def shards(self, run: str) -> dict[str, Record]:
        """Return the records of a run's shards."""
        found = [from_body(d.body) async for d in self.documents.query(JOBS, partition=of_run(run))]
        return {record.key.id: record for record in found}

    def put_run(self, **members: Any) -> None:
        """Put a message as a producer elsewhere does."""
        self.queues.put(RUN_QUEUE, json.dumps(members).encode())


def run_world(time: MovingClock, *, documents: Any = None, **more: Any) -> RunWorld:
    """Return a world with the run `rounds`, every Monday at 09:00 unless `more` (of its definition) says else."""
    rounds = more.pop("rounds", None) or Rounds()
    kind = shard_kind("round", SHARD_QUEUE, rounds.handle)
    of: dict[str, Any] = {
        "name": "rounds",
        "timer": "RingRounds",
        "schedule": Schedule("0 0 9 * * 1"),
        "slot_form": "week",
        "catch_up": "last",
        **more,
    }
    definition = RunDefinition(plan=rounds.plan, shard_kind=lambda settings: kind, fan_in=rounds.fan_in, **of)
    return RunWorld(definition, rounds, time, documents or SqliteDocuments(":memory:"))


LOOK = timedelta(seconds=Settings().run_look_seconds)
