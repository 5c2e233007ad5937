"""What becomes of jobs whose workers are killed?

Hosts are processes of their own, on Azurite and one SQLite file; they get SIGKILL while they work, again and again.
Every job must complete, be counted once, and die only if it is what kills its worker.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.documents.containers import JOBS
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.gates import Gates
from shared.jobs.kinds import Kind, Registry
from shared.jobs.producer import Producer
from shared.jobs.record import Record, from_body
from shared.jobs.record_store import Records
from shared.jobs.rescue import Rescue
from shared.queues.storage import StorageQueues
from tests import azurite, patience
from tests.chaos import chores
from tests.chaos.workers import Place, Worker, kill_a_busy_one

JOB_COUNT = 200
KILL_COUNT = 20
WORKER_COUNT = 2
CLAIM_SECONDS = 2.0
VISIBILITY_SECONDS = 2.0
DONE_LIMIT_SECONDS = patience.seconds(300.0)
RESCUE_SECONDS = 60.0

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Kill:
    """One SIGKILL: when, and the jobs whose handlers it interrupted."""

    at: datetime
    interrupted: frozenset[str]


@dataclass(slots=True)
class Outcome:
    """What a run came to."""

    kills: list[Kill] = field(default_factory=list)
    records: dict[str, Record] = field(default_factory=dict)
    tallies: list[dict[str, Any]] = field(default_factory=list)
    deaths: int = 0
    """Of hosts, by themselves."""

    def seconds_to_completion(self, kill: Kill) -> float:
        """Return how long after a kill the last job that it interrupted ended."""
        ends = [self.records[job].ended_at for job in kill.interrupted]
        return max((end - kill.at).total_seconds() for end in ends if end is not None)

    def counted(self) -> list[str]:
        """Return every counting of a chore: one that is counted twice stands there twice."""
        names = [name for tally in self.tallies for name in tally["covers"]]
        return sorted(names) + ["?"] * (sum(tally["count"] for tally in self.tallies) - len(names))


class Stage:
    """One run: its place, its hosts, and the client's side of store and queue."""

    def __init__(self, place: Place, documents: SqliteDocuments, queues: StorageQueues) -> None:
        self.place = place
        self.kind: Kind = chores.kind(place.queue, place.claim_seconds)
        self.documents = documents
        self.queues = queues
        self.producer = Producer(Records(documents), queues)
        self.workers: list[Worker] = []

    async def put(self, name: str, dice: random.Random, **more: Any) -> None:
        """Put a job: by our producer, by one elsewhere, or twice."""
        members = {"name": name, "takes_ms": dice.randint(50, 200), **more}
        way = dice.choice(("ours", "elsewhere", "twice"))
        if way == "ours":
            await self.producer.enqueue(self.kind, members, by="the crash test")
            return
        text = chores.Chore(**members).model_dump_json()
        for _ in range(2 if way == "twice" else 1):
            await self.queues.send(self.place.queue, text)

    async def records(self) -> dict[str, Record]:
        """Return every record."""
        found = [from_body(document.body) async for document in self.documents.query(JOBS)]
        return {record.key.id: record for record in found}

    async def wait_until_ended(self, count: int) -> None:
        """Wait until so many jobs have ended and no message is left, reviving hosts that died by themselves."""
        deadline = time.monotonic() + DONE_LIMIT_SECONDS
        while True:
            ended = await self.documents.count(JOBS, where=[("endedAt", "exists", True)])
            if ended >= count and not await self.queues.depth(self.place.queue):
                return
            for worker in self.workers:
                worker.revive()
            assert time.monotonic() < deadline, f"only {ended} of {count} jobs ended in {DONE_LIMIT_SECONDS:.0f} s"
            await asyncio.sleep(0.1)

    async def outcome(self, kills: Sequence[Kill]) -> Outcome:
        """Return what the store says in the end."""
        tallies = [document.body async for document in self.documents.query(chores.TALLIES)]
        return Outcome(list(kills), await self.records(), tallies, sum(worker.deaths for worker in self.workers))


@asynccontextmanager
async def stage(
    folder: Path, storage: str, name: str, *, workers: int = WORKER_COUNT, claim_seconds: float = CLAIM_SECONDS,
    visibility_seconds: float = VISIBILITY_SECONDS,
) -> AsyncIterator[Stage]:  # fmt: skip
    """Set up store, queues and hosts inside the block."""
    place = Place(folder, storage, name, claim_seconds, visibility_seconds)
    place.make()
    documents, queues = SqliteDocuments(place.database), StorageQueues.from_connection_string(storage)
    try:
        for queue in (name, f"{name}-poison"):
            await queues.ensure(queue)
        made = Stage(place, documents, queues)
        made.workers = [Worker(place, number) for number in range(workers)]
        try:
            yield made
        finally:
            for worker in made.workers:
                worker.stop()
    finally:
        await queues.close()
        await documents.close()


async def kill_workers(
    folder: Path, storage: str, seed: int, tell: Tell, *, jobs: int = JOB_COUNT, kill_count: int = KILL_COUNT
) -> Outcome:
    """Put `jobs` jobs in waves, kill a busy host after each of `kill_count` waves, and wait until all has ended."""
    dice, kills = random.Random(seed), []
    async with stage(folder, storage, f"chores-{seed}") as run:
        for wave in range(kill_count):
            for number in range(jobs // kill_count):
                await run.put(f"chore-{wave}-{number}", dice)
            kills.append(await _kill_a_busy_one(run, dice))
        await run.wait_until_ended(jobs)
        outcome = await run.outcome(kills)
    for number, kill in enumerate(kills, 1):
        seconds = outcome.seconds_to_completion(kill)
        tell(f"  kill {number:2}: {len(kill.interrupted)} jobs interrupted, all completed {seconds:.1f} s later")
    return outcome


async def _kill_a_busy_one(run: Stage, dice: random.Random) -> Kill:
    interrupted = await kill_a_busy_one(run.workers, dice, within_seconds=0.05)
    return Kill(datetime.now(UTC), frozenset(interrupted))


async def run_a_killer(folder: Path, storage: str, neighbours: int) -> Outcome:
    """Run one job that ends its process among others that don't."""
    dice = random.Random(neighbours)
    async with stage(folder, storage, "chores-killer", workers=1) as run:
        await run.put("killer", dice, do="exit")
        for number in range(neighbours):
            await run.put(f"chore-{number}", dice)
        await run.wait_until_ended(neighbours + 1)
        return await run.outcome([])


async def rescue_in_time(folder: Path, storage: str) -> tuple[Outcome, timedelta]:
    """Kill a host once, with production's claims and visibility and RescueJobs each minute; return how long it took."""
    dice = random.Random(1)
    async with stage(folder, storage, "chores-rescue", claim_seconds=60, visibility_seconds=600, workers=1) as run:
        for number in range(10):
            await run.put(f"chore-{number}", dice)
        kill = await _kill_a_busy_one(run, dice)
        rescue = Rescue(Records(run.documents), run.queues, Gates(run.documents), Registry([run.kind]))
        waiting = asyncio.create_task(_wait_for(run, kill.interrupted))
        while not waiting.done():
            await asyncio.wait({waiting}, timeout=RESCUE_SECONDS)
            await rescue.run()
        await waiting
        outcome = await run.outcome([kill])
    return outcome, timedelta(seconds=outcome.seconds_to_completion(kill))


async def _wait_for(run: Stage, jobs: frozenset[str]) -> None:
    while True:
        if all(record.ended for name, record in (await run.records()).items() if name in jobs):
            return
        await asyncio.sleep(0.5)


def faults_of(outcome: Outcome, count: int = JOB_COUNT) -> list[str]:
    """Return what is wrong with a run whose jobs are all innocent."""
    faults = [f"{job} is {r.status}: {r.reason}" for job, r in outcome.records.items() if r.status != "completed"]
    if len(outcome.records) != count:
        faults.append(f"{len(outcome.records)} records of {count} jobs")
    if outcome.counted() != sorted(outcome.records):
        faults.append(f"counted are {outcome.counted()}")
    return faults + [f"kill {n} interrupted nothing" for n, kill in enumerate(outcome.kills, 1) if not kill.interrupted]


def main(seeds: range) -> int:
    """Run the crash test of `seeds`, the killer, and the rescue at production's times; return 1 when one failed."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder, azurite.running(Path(folder)) as storage:
        connection = storage.connection_string
        for seed in seeds:
            began = time.monotonic()
            print(f"seed {seed}: {JOB_COUNT} jobs, {KILL_COUNT} kills", flush=True)
            outcome = asyncio.run(kill_workers(Path(folder, str(seed)), connection, seed, print))
            faults = faults_of(outcome)
            failed += bool(faults)
            print(summary(outcome, faults) + f", {time.monotonic() - began:.0f} s", flush=True)
        outcome = asyncio.run(run_a_killer(Path(folder, "killer"), connection, 20))
        killer = outcome.records["killer"]
        print(f"killer: {killer.status} after {outcome.deaths} deaths of its host", flush=True)
        outcome, took = asyncio.run(rescue_in_time(Path(folder, "rescue"), connection))
        count, seconds = len(outcome.kills[0].interrupted), took.total_seconds()
        print(f"rescue, at a visibility of 10 min: {count} interrupted jobs completed {seconds:.0f} s after the kill")
    return int(bool(failed))


def summary(outcome: Outcome, faults: list[str]) -> str:
    """Return a run in a line."""
    interrupted = sum(len(kill.interrupted) for kill in outcome.kills)
    longest = max(outcome.seconds_to_completion(kill) for kill in outcome.kills)
    crashes = max(record.crashes for record in outcome.records.values())
    result = "; ".join(faults) or "all completed, all counted once, none dead"
    return (
        f"  {len(outcome.kills)} kills interrupted {interrupted} jobs, at most {longest:.1f} s from kill to completion"
        f", at most {crashes} crashes left on a record: {result}"
    )
