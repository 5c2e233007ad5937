"""Is a run still one run when everything goes wrong at once?

Deliveries of several workers interleave at each of their calls; calls fail, lose their answers, or kill their worker;
time jumps over claims, so that zombies write; timers, CatchUpRuns, rescue and a person's cancelling come in between.
Then it is calm, and what is left must be whole. A seed that fails is named; it fails again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.config import Settings
from shared.documents.containers import JOBS, SCHEDULER_STATE
from shared.documents.port import Condition
from shared.documents.sqlite import SqliteDocuments
from shared.errors import NightshiftError, Transient, Unavailable, UsageError
from shared.jobs.gates import Gates
from shared.jobs.kinds import Registry
from shared.jobs.record import LIVE
from shared.jobs.rescue import Rescue
from shared.jobs.scopes import of_runs
from shared.queues.memory import MemoryQueues
from shared.schedules import Schedule
from tests.integration.jobs.worlds import Killed, MovingClock
from tests.integration.runs.worlds import RUN_QUEUE, SHARD_QUEUE, Rounds, RunWorld, run_world

SEEDS = range(40)
MOMENTS = 300
AT_ONCE = 6
SHARDS = 7
WENT_WRONG = {("failed", "dead"), ("completed_with_failures", "completed")}
"""How a run may end that met too many failures: in the ledger, and its job."""
TEN_MINUTES: dict[str, Any] = {"schedule": Schedule("0 */10 * * * *"), "slot_form": "instant"}


@dataclass
class Weather:
    """How often calls fail."""

    dice: random.Random
    bad: bool = True

    def over(self, inner: Any, *names: str) -> Any:
        """Return `inner`, whose calls yield to others and fail as the weather is."""
        for name in names:
            setattr(inner, name, self._exposed(getattr(inner, name)))
        return inner

    def _exposed(self, call: Callable[..., Awaitable[Any]]) -> Any:
        async def exposed(*arguments: Any, **named: Any) -> Any:
            for _ in range(self.dice.randrange(4)):
                await asyncio.sleep(0)
            before = self._fault()
            if before is not None:
                raise before
            done = await call(*arguments, **named)
            after = self._fault()
            if after is not None:
                raise after
            return done

        return exposed

    def _fault(self) -> BaseException | None:
        roll = self.dice.random() if self.bad else 1.0
        if roll < 0.01:
            return Killed()
        return Unavailable("a storm", dependency="store") if roll < 0.03 else None


@dataclass
class Storm:
    """One run through bad weather."""

    time: MovingClock
    dice: random.Random
    under_way: set[asyncio.Task[Any]] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.weather = Weather(self.dice)
        documents = self.weather.over(SqliteDocuments(":memory:"), "get", "create", "replace", "upsert", "count")
        self.rounds = Rounds(count=SHARDS, page=2, on_shard=self._shard, on_plan=self._plan)
        policy = self.dice.choice(("last", "once", "none"))
        self.world = run_world(self.time, documents=documents, rounds=self.rounds, catch_up=policy, **TEN_MINUTES)
        self.world.queues = self.weather.over(MemoryQueues(), "send", "postpone")
        self.world.__post_init__()
        registry = Registry([self.world.kind, *self.world.definitions.shard_kinds(Settings())])
        self.rescue = Rescue(self.world.records, self.world.queues, Gates(documents), registry)

    async def _shard(self, shard: str) -> None:
        await asyncio.sleep(0)
        self._stumble()

    def _plan(self, cursor: str | None) -> None:
        self._stumble()

    def _stumble(self) -> None:
        if self.weather.bad and self.dice.random() < 0.1:
            raise Transient("not now")

    async def rage(self) -> None:
        """Let it all happen at once for a while."""
        others = (self.world.open_latest_run, self.world.catch_up, self.rescue.run, self._cancel)
        for _ in range(MOMENTS):
            roll = self.dice.random()
            if roll < 0.1:
                self._begin(self.dice.choices(others, (4, 3, 3, 0.3))[0]())
            elif len(self.under_way) < AT_ONCE:
                worker = self.world.second_worker()
                self._begin(worker.deliver(self.dice.choice((RUN_QUEUE, SHARD_QUEUE))))
            self.time.advance(self.dice.choice((0, 0.1, 1, 5, 70)))
            for _ in range(self.dice.randrange(8)):
                await asyncio.sleep(0)
        self.weather.bad = False
        await asyncio.gather(*self.under_way)

    async def calm(self) -> None:
        """Let timers and workers do what is left, in fine weather."""
        for _ in range(3):
            await self.world.open_latest_run()
            await self.world.catch_up()
            await self.world.second_worker().work_off()
            self.time.now += timedelta(hours=5)  # past every rescue
            await self.rescue.run()
        await self.world.second_worker().work_off()

    def _begin(self, work: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(self._suffered(work))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def _suffered(self, work: Awaitable[Any]) -> None:
        try:
            await work
        except (Killed, NightshiftError):
            return

    async def _cancel(self) -> None:
        jobs = [
            d.body["id"] async for d in self.world.documents.query(JOBS, partition=of_runs("rounds"), where=[_LIVE])
        ]
        if not jobs:
            return
        run = self.dice.choice(jobs)
        self.cancelled.add(run)
        try:
            await self.world.interventions.cancel(await self.world.job(run))
        except UsageError:
            return  # it had ended, or changed meanwhile


_LIVE: Condition = ("status", "in", list(LIVE))


async def unsettled(world: RunWorld) -> set[str]:
    """Return the slots since the activation that the ledger says nothing of."""
    state = await world.documents.get(SCHEDULER_STATE, "rounds", "rounds")
    activated, settled = clock.parse(state.body["activatedAt"]), clock.parse(state.body["settledUntil"])
    return {f"rounds|{slot.text}" for slot in world.definition.slots.between(activated, settled)} - set(
        await world.runs()
    )


@pytest.mark.parametrize("seed", SEEDS)
async def test_after_a_storm_each_slot_has_one_run_that_is_whole(time: MovingClock, seed: int) -> None:
    storm = Storm(time, random.Random(seed))
    await storm.rage()
    await storm.calm()

    world = storm.world
    runs = {run: status for run, status in (await world.runs()).items() if status != "missed"}
    assert runs
    assert await unsettled(world) == set()
    for run, status in runs.items():
        states = {shard.status for shard in (await world.shards(run)).values()}
        job = (await world.job(run)).record.status
        assert not states & set(LIVE), f"seed {seed}: {run} left shards open"
        if status == "completed":
            assert (await world.entry(run)).shards == {"completed": SHARDS}, f"seed {seed}: {run}"
            assert states == {"completed"}, f"seed {seed}: {run}"
            # Who cancels a run that has written its last word, but not yet its record, comes too late.
            assert job == "completed" or (job == "cancelled" and run in storm.cancelled), f"seed {seed}: {run}"
        elif status == "cancelled":
            assert job == "cancelled", f"seed {seed}: {run}"
            assert run in storm.cancelled
        else:
            assert (status, job) in WENT_WRONG, f"seed {seed}: {run} is {status}, its job {job}"
    assert not [d async for d in world.documents.query(JOBS, where=[_LIVE])]
