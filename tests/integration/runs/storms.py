"""Storms: runs through bad weather, each made by a seed.

Deliveries of several workers interleave at each of their calls; calls fail, lose their answers, or kill their worker;
time jumps over claims, so that zombies write; timers, CatchUpRuns, rescue and a person's cancelling come in between.
Then it is calm, and what is left must be whole.

Whatever is left to chance is thrown with the storm's dice, on a loop that turns alike each time, so a seed makes the
same storm again: ``python -m tests.integration.runs.storms SEED``, or ``FIRST LAST`` for many.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from shared import clock
from shared.config import Settings
from shared.documents.containers import JOBS, SCHEDULER_STATE
from shared.documents.port import Condition
from shared.documents.sqlite import SqliteDocuments
from shared.errors import NightshiftError, Transient, Unavailable, UsageError
from shared.jobs import record_store
from shared.jobs.gates import Gates
from shared.jobs.kinds import Registry
from shared.jobs.record import LIVE, Record
from shared.jobs.rescue import Rescue
from shared.jobs.runs.ledger import Entry
from shared.jobs.scopes import of_runs
from shared.queues.memory import MemoryQueues
from shared.schedules import Schedule
from tests.integration.jobs.worlds import Killed, MovingClock
from tests.integration.runs.turning_loop import TurningLoop
from tests.integration.runs.worlds import RUN_QUEUE, SHARD_QUEUE, Rounds, RunWorld, run_world

MOMENTS = 300
AT_ONCE = 6
SHARDS = 7
TEN_MINUTES: dict[str, Any] = {"schedule": Schedule("0 */10 * * * *"), "slot_form": "instant"}
_LIVE: Condition = ("status", "in", list(LIVE))


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

    def may_end_after_its_last_word(self, entry: Entry, job: Record) -> bool:
        """Tell whether the job of a run, whose ledger has its last word, may have ended so.

        It completes, in the generation of that word. But the word comes before the record (docs/protocol.md): who ends
        the job between them, a person or the sixth crash in a row, doesn't ask what the ledger says, and raises the
        generation by one. The work is done all the same, so the word stands. No failed attempt ends it any more: a
        step that finds the word goes to its ending.
        """
        if job.status == "completed":
            return job.generation == entry.generation
        code = job.reason.code if job.reason else ""
        by_a_person = job.status == "cancelled" and entry.id in self.cancelled
        by_crashes = job.status == "dead" and code == "kills_its_worker"
        return (by_a_person or by_crashes) and job.generation == entry.generation + 1

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


def played(seed: int) -> Storm:
    """Let the storm of a seed rage and calm down; return it. Raises AssertionError when what it leaves isn't whole."""
    time, dice = MovingClock(), random.Random(seed)
    with (
        clock.running_on(lambda: time.now),
        patch.object(random, "uniform", dice.uniform),  # pauses and waits between tries
        patch.object(record_store, "_PAUSE_SECONDS", 0),
        asyncio.Runner(loop_factory=TurningLoop) as runner,
    ):
        try:
            return runner.run(_played(time, dice))
        except BaseException as error:
            error.add_note(f"Seed {seed}. It fails again: python -m tests.integration.runs.storms {seed}")
            raise


async def _played(time: MovingClock, dice: random.Random) -> Storm:
    storm = Storm(time, dice)
    await storm.rage()
    await storm.calm()
    await _expect_whole(storm)
    return storm


async def _expect_whole(storm: Storm) -> None:
    world = storm.world
    runs = {run: status for run, status in (await world.runs()).items() if status != "missed"}
    assert runs
    assert await _unsettled(world) == set()
    for run in runs:
        entry, job = await world.entry(run), (await world.job(run)).record
        shards = Counter(shard.status for shard in (await world.shards(run)).values())
        told = f"{run} is {entry.status} of generation {entry.generation} with {entry.shards}, its job {job}"
        assert not shards.keys() & set(LIVE), f"{run} left shards open: {shards}"
        if entry.status in ("completed", "completed_with_failures"):
            assert entry.shards == shards, f"{shards} are there; {told}"
            assert shards.total() == SHARDS, told
            assert (entry.status == "completed") == (shards.keys() == {"completed"}), f"{shards} are there; {told}"
            assert storm.may_end_after_its_last_word(entry, job), told
        else:
            assert (entry.status, job.status) in {("cancelled", "cancelled"), ("failed", "dead")}, told
            assert entry.generation == job.generation, told
            assert entry.status == "failed" or run in storm.cancelled, told
    assert not [document async for document in world.documents.query(JOBS, where=[_LIVE])]


async def _unsettled(world: RunWorld) -> set[str]:
    """Return the slots since the activation that the ledger says nothing of."""
    state = await world.documents.get(SCHEDULER_STATE, "rounds", "rounds")
    activated, settled = clock.parse(state.body["activatedAt"]), clock.parse(state.body["settledUntil"])
    return {f"rounds|{slot.text}" for slot in world.definition.slots.between(activated, settled)} - set(
        await world.runs()
    )


def main(arguments: list[str]) -> int:
    """Play the storm of one seed, or of all from the first to the last; return 1 when one failed."""
    first, last = int(arguments[0]), int(arguments[-1])
    if last > first:
        logging.disable(logging.CRITICAL)
    failed = 0
    for seed in range(first, last + 1):
        try:
            played(seed)
        except AssertionError as error:
            failed += 1
            print(error, *error.__notes__, sep="\n", flush=True)
    print(f"{last + 1 - first} storms, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
