"""What becomes of a run whose hosts are killed, or that several hosts ask for?

Two devhost processes on Azurite and one SQLite file. The run must complete, be one, and do each shard once in effect,
though either host gets SIGKILL again and again while it works on shards.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.containers import JOBS, RUNS
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.record import Record, from_body
from shared.jobs.runs import opening
from shared.jobs.runs.ledger import Entry
from shared.jobs.runs.ledger import from_body as entry_of
from shared.jobs.scopes import of_run
from shared.queues.storage import StorageQueues
from shared.services import Services
from tests import azurite
from tests.azurite import PROJECT
from tests.chaos import chores, rounds
from tests.chaos.crash import CLAIM_SECONDS, DONE_LIMIT_SECONDS, VISIBILITY_SECONDS, Tell
from tests.chaos.workers import Place, Worker, kill_a_busy_one

APP = PROJECT / "tests" / "chaos" / "rounds_app"
SHARD_COUNT = 200
KILL_COUNT = 4
TAKES_MS = 200
LOOK_SECONDS = 0.5
HEAD_START = timedelta(seconds=8)
"""From the start of the hosts to the firing of their timers."""


@dataclass(slots=True)
class Outcome:
    """What a run came to: the ledger, the shards' records, what was counted, and the shards that each kill hit."""

    entries: list[Entry]
    shards: list[Record]
    tallies: list[dict[str, Any]]
    kills: list[set[str]] = field(default_factory=list)

    @property
    def seconds_to_the_last_shard(self) -> float:
        """From the slot to the end of the shard that ended last."""
        ends = [shard.ended_at for shard in self.shards if shard.ended_at is not None]
        return (max(ends) - self.entries[0].slot_at).total_seconds()

    def faults(self, *, counted: bool) -> list[str]:
        """Return what is wrong with it."""
        if [entry.status for entry in self.entries] != ["completed"]:
            return [f"the ledger says {[(entry.id, entry.status, entry.error) for entry in self.entries]}"]
        wanted = [f"round-{n:05}" for n in range(SHARD_COUNT)]
        found = []
        if sorted(shard.key.id for shard in self.shards) != wanted:
            found.append(f"{len(self.shards)} records of {SHARD_COUNT} shards")
        found += [f"{shard.key.id} is {shard.status}" for shard in self.shards if shard.status != "completed"]
        if self.entries[0].shards != {"completed": SHARD_COUNT}:
            found.append(f"the ledger counts {self.entries[0].shards}")
        names = sorted(name for tally in self.tallies for name in tally["covers"])
        if counted and (names != wanted or sum(tally["count"] for tally in self.tallies) != SHARD_COUNT):
            found.append(f"counted are {names}")
        return found


class Stage:
    """One run: its place, its hosts, and the test's side of store and queues."""

    def __init__(self, place: Place, services: Services) -> None:
        self.place = place
        self.services = services
        self.workers = [Worker(place, number) for number in range(2)]

    async def entries(self) -> list[Entry]:
        """Return the ledger."""
        return [entry_of(document.body) async for document in self.services.documents.query(RUNS)]

    async def wait_until_ended(self) -> None:
        """Wait until a run has ended, reviving hosts that died by themselves."""
        deadline = time.monotonic() + DONE_LIMIT_SECONDS
        while not any(entry.ended for entry in await self.entries()):
            for worker in self.workers:
                worker.revive()
            assert time.monotonic() < deadline, f"no run ended in {DONE_LIMIT_SECONDS:.0f} s: {await self.entries()}"
            await asyncio.sleep(0.1)

    async def outcome(self, kills: Sequence[set[str]] = ()) -> Outcome:
        """Return what the store says in the end."""
        documents, entries = self.services.documents, await self.entries()
        shards = [from_body(d.body) async for d in documents.query(JOBS, partition=of_run(entries[0].id))]
        tallies = [document.body async for document in documents.query(chores.TALLIES)]
        return Outcome(entries, shards, tallies, list(kills))


@asynccontextmanager
async def stage(folder: Path, storage: str, name: str, **settings: str) -> AsyncIterator[Stage]:
    """Set up store, queues and two hosts inside the block."""
    of = {
        "RUN_QUEUE_NAME": f"{name}-runs",
        "RUN_LOOK_SECONDS": str(LOOK_SECONDS),
        "ROUNDS_SHARDS": str(SHARD_COUNT),
        **settings,
    }
    place = Place(folder, storage, name, CLAIM_SECONDS, VISIBILITY_SECONDS, APP, of)
    place.make()
    environment = Settings.from_environment({**os.environ, **of, "AzureWebJobsStorage": storage})
    services = Services(
        environment, SqliteDocuments(place.database), StorageQueues.from_connection_string(storage), cast(Blobs, None)
    )
    try:
        for queue in (name, environment.run_queue):
            await services.queues.ensure(queue)
        made = Stage(place, services)
        try:
            yield made
        finally:
            for worker in made.workers:
                worker.stop()
    finally:
        await services.queues.close()
        await services.documents.close()


async def run_by_timer(folder: Path, storage: str) -> Outcome:
    """Let the timers of two hosts fire at the same second, for a run of no-op shards."""
    second = (datetime.now(UTC) + HEAD_START).second
    async with stage(folder, storage, "rounds-timed", ROUNDS_SCHEDULE=f"{second} * * * * *") as run:
        await run.wait_until_ended()
        return await run.outcome()


async def run_with_kills(folder: Path, storage: str, seed: int, tell: Tell) -> Outcome:
    """Open the run once, kill a host that works on shards a few times, and wait until the run has ended."""
    dice, kills = random.Random(seed), []
    async with stage(folder, storage, f"rounds-{seed}", ROUNDS_TAKES_MS=str(TAKES_MS)) as run:
        await opening.open_latest_run(run.services, rounds.rounds_run(run.services.settings))
        for number in range(1, KILL_COUNT + 1):
            kills.append(await kill_a_busy_one(run.workers, dice, within_seconds=0.4))
            tell(f"  kill {number}: {len(kills[-1])} shards interrupted")
        await run.wait_until_ended()
        return await run.outcome(kills)


def main(seeds: range) -> int:
    """Run the run of two timers, and those of `seeds` with kills; return 1 when one failed."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder, azurite.running(Path(folder)) as running:
        storage = running.connection_string
        outcome = asyncio.run(run_by_timer(Path(folder, "timed"), storage))
        faults = outcome.faults(counted=False)
        failed += bool(faults)
        result = "; ".join(faults) or "one run, each shard once"
        seconds = outcome.seconds_to_the_last_shard
        print(
            f"by timer: {SHARD_COUNT} no-op shards, the last ended {seconds:.1f} s after the slot: {result}", flush=True
        )
        for seed in seeds:
            began = time.monotonic()
            outcome = asyncio.run(run_with_kills(Path(folder, str(seed)), storage, seed, lambda line: None))
            faults = outcome.faults(counted=True)
            failed += bool(faults)
            hit = sum(map(len, outcome.kills))
            result = "; ".join(faults) or "one run, each shard counted once"
            took = time.monotonic() - began
            print(f"seed {seed}: {len(outcome.kills)} kills hit {hit} shards, {took:.0f} s: {result}", flush=True)
    return int(bool(failed))
