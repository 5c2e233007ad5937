"""Do roll-ups say what was told, though hosts are killed while events come in and are rolled up?

Two devhost processes on Azurite and one SQLite file; either gets SIGKILL again and again while it stores events,
enqueues marks or recomputes rows. In the end every row must be what an independent recompute of all that was told says
(tests/rollup_oracle.py), and no event may be missing.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

from shared import clock
from shared.config import Settings
from shared.documents.containers import JOBS, ROLLUP_WORK, USAGE_EVENTS
from shared.documents.containers import ROLLUPS as ROWS
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Unavailable
from shared.queues.storage import StorageQueues
from tests import azurite
from tests.azurite import PROJECT
from tests.chaos import rollups, told_events
from tests.chaos.crash import CLAIM_SECONDS, VISIBILITY_SECONDS, Tell
from tests.chaos.workers import Place, Worker, kill_a_busy_one
from tests.patience import seconds
from tests.rollup_oracle import Message, Rows, rows_of

APP = PROJECT / "tests" / "chaos" / "metrics_app"
SENT_AT_ONCE = 32
LOOK_SECONDS = 0.5
SHOWN = 5
"""Differences that are shown of many."""
EVENTS, ROLLUPS = "usage-event", "rollup"
"""What a host works on when it is killed, among other things."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the test: so many events in so many waves, the schedule of ticks, and how long all may take.

    In each wave a host is killed; then, if `kill_each` is given, one each so many seconds until all is done.
    """

    events: int
    waves: int
    schedule: str
    limit_seconds: float
    kill_each: float | None = None


LONG = Form(events=20_000, waves=40, schedule="*/10 * * * * *", limit_seconds=7200, kill_each=4)
SHORT = Form(events=1000, waves=4, schedule="*/3 * * * * *", limit_seconds=300)


class PlaceOfStrangers(Place):
    """A place whose hosts share no timer, each with a host id of its own, also after a kill.

    So none waits up to a minute for the lock of one that was killed, and two planners work beside each other.
    """

    def environment(self) -> dict[str, str]:
        """Return the environment of a host."""
        return super().environment() | {"AzureFunctionsWebHost__hostid": uuid4().hex}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: what was told, what is stored, what each kill hit, and what it took."""

    told: list[Message]
    leaves_since: str
    events: set[tuple[str, str, str]]
    rows: Rows
    dead: list[str]
    kills: list[set[str]]
    events_read: int
    seconds: float

    def faults(self) -> list[str]:
        """Return what is wrong with it."""
        wanted = {(event["orgId"], event["kind"], event["event_id"]) for event in self.told}
        found = [f"{len(wanted - self.events)} events are lost"] if wanted - self.events else []
        if self.events - wanted:
            found.append(f"{len(self.events - wanted)} events were never told")
        found += [f"a dead letter: {why}" for why in self.dead[:SHOWN]]
        return found + _differences(self.rows, rows_of(self.told, self.leaves_since))

    def __str__(self) -> str:
        hit = Counter(name.split()[0] for names in self.kills for name in names)
        return (
            f"{len(self.events)} events in {len(self.told)} messages, {len(self.kills)} kills that hit {hit[EVENTS]} "
            f"events, {hit[ROLLUPS]} roll-ups and {hit[rollups.TICK]} ticks; {len(self.rows)} rows, each event read "
            f"{self.events_read / len(self.events):.2f} times; {self.seconds:.0f} s, "
            f"{len(self.events) / self.seconds:.0f} events/s"
        )


class Stage:
    """One run: its hosts, and the test's side of store and queues."""

    def __init__(
        self, place: Place, settings: Settings, documents: SqliteDocuments, queues: StorageQueues, limit_seconds: float
    ) -> None:
        self.documents = documents
        self.queues = queues
        self.told_to = settings.usage_events_queue
        self.rolled_up_by = settings.rollup_queue
        self.workers = [Worker(place, number) for number in range(2)]
        self._limit_seconds = limit_seconds

    async def put(self, messages: Iterable[Message]) -> None:
        """Put events on their queue, many at once."""
        left = iter(messages)

        async def some() -> None:
            for message in left:
                await self._put(json.dumps(message))

        async with asyncio.TaskGroup() as group:
            for _ in range(SENT_AT_ONCE):
                group.create_task(some())

    async def _put(self, text: str) -> None:
        async def left() -> str:  # put again when only the answer was lost, the event changes nothing
            await self.queues.send(self.told_to, text)
            return ""

        await self._wait_until_nothing_is(left)

    async def wait_until_half_is_taken_in(self) -> None:
        """Wait until half of the events that wait now are taken in."""
        seen: list[int] = []

        async def left() -> str:
            seen.append(await self.queues.depth(self.told_to) or 0)
            return f"{seen[-1]} of {seen[0]} events weren't taken in" if seen[-1] > seen[0] / 2 else ""

        await self._wait_until_nothing_is(left)

    async def wait_until_rolled_up(self) -> None:
        """Wait until no message and no mark is left."""
        await self._wait_until_nothing_is(self._left)

    async def _wait_until_nothing_is(self, left: Callable[[], Awaitable[str]]) -> None:
        """Wait until `left` says nothing, reviving hosts that died by themselves.

        A service that is too busy to answer is asked again.
        """
        deadline = time.monotonic() + self._limit_seconds
        while True:
            try:
                if not (said := await left()):
                    return
            except Unavailable as error:
                said = str(error)
            for worker in self.workers:
                worker.revive()
            assert time.monotonic() < deadline, f"{said} in {self._limit_seconds:.0f} s"
            await asyncio.sleep(LOOK_SECONDS)

    async def _left(self) -> str:
        """Return what there is still to do. Who is done with a message has left its marks, so messages come first."""
        if messages := await self.queues.depth(self.told_to):
            return f"{messages} events weren't taken in"
        if marks := await self.documents.count(ROLLUP_WORK):
            return f"{marks} marks weren't rolled up"
        for queue in (self.rolled_up_by, f"{self.told_to}-poison", f"{self.rolled_up_by}-poison"):
            if messages := await self.queues.depth(queue):
                return f"{messages} messages of {queue} weren't ended"
        return ""

    async def events(self) -> set[tuple[str, str, str]]:
        """Return who is stored."""
        found = self.documents.query(USAGE_EVENTS, select=("orgId", "kind", "id"))
        return {(event.body["orgId"], event.body["kind"], event.body["id"]) async for event in found}

    async def rows(self) -> Rows:
        """Return every row that isn't empty."""
        rows: Rows = {}
        async for document in self.documents.query(ROWS):
            row = document.body
            keys = {(metric, project, tag): tuple(tally) for metric, project, tag, *tally in row["keys"]}
            if keys:
                rows[row["orgId"], row["kind"], row["id"]] = keys
        return rows

    async def dead(self) -> list[str]:
        """Return why there are dead letters."""
        return [str(document.body.get("reason")) async for document in self.documents.query(JOBS)]


@asynccontextmanager
async def stage(folder: Path, storage: str, name: str, form: Form) -> AsyncIterator[Stage]:
    """Set up store, queues and two hosts inside the block."""
    of = {
        "USAGE_EVENTS_QUEUE_NAME": f"{name}-events",
        "ROLLUP_QUEUE_NAME": f"{name}-rollups",
        "METRICS_SCHEDULE": form.schedule,
    }
    place = PlaceOfStrangers(folder, storage, name, CLAIM_SECONDS, VISIBILITY_SECONDS, APP, of)
    place.make()
    settings = Settings.from_environment({**os.environ, **of, "AzureWebJobsStorage": storage})
    documents, queues = SqliteDocuments(place.database), StorageQueues.from_connection_string(storage)
    try:
        for queue in (settings.usage_events_queue, settings.rollup_queue):
            await queues.ensure(queue)
            await queues.ensure(f"{queue}-poison")
        made = Stage(place, settings, documents, queues, seconds(form.limit_seconds))
        try:
            yield made
        finally:
            for worker in made.workers:
                worker.stop()
    finally:
        await queues.close()
        await documents.close()


async def roll_up_with_kills(folder: Path, storage: str, seed: int, form: Form, tell: Tell) -> Outcome:
    """Tell events, kill hosts that work on them, and wait until all is rolled up."""
    dice, now = random.Random(seed), clock.parse(datetime.now(UTC).isoformat())
    told = told_events.tell(dice, form.events, now)
    kills: list[set[str]] = []
    async with stage(folder, storage, f"metrics-{seed}", form) as run:
        began = time.monotonic()

        async def kill(doing: str = ROLLUPS) -> None:
            kills.append(await kill_a_busy_one(run.workers, dice, within_seconds=0.3, doing=doing))
            tell(f"  kill {len(kills)} after {time.monotonic() - began:.0f} s, at work on {len(kills[-1])} things")

        for wave in range(form.waves):
            async with asyncio.TaskGroup() as both:  # a quick host would be done with a wave that is put already
                both.create_task(run.put(told[wave :: form.waves]))
                both.create_task(kill((EVENTS, ROLLUPS)[wave % 2]))
            await run.wait_until_half_is_taken_in()
        killing = asyncio.create_task(_every(form.kill_each, dice, kill)) if form.kill_each else None
        try:
            await run.wait_until_rolled_up()
        finally:
            if killing is not None:
                killing.cancel()
        took = time.monotonic() - began
        leaves_since = clock.to_text(now - told_events.LEAVES_KEPT)
        return Outcome(
            told, leaves_since, await run.events(), await run.rows(), await run.dead(), kills,
            rollups.events_read(folder), took,
        )  # fmt: skip


async def _every(seconds: float, dice: random.Random, kill: Callable[[], Awaitable[None]]) -> NoReturn:
    while True:
        await asyncio.sleep(dice.uniform(0.5, 1.5) * seconds)
        await kill()


def _differences(found: Rows, wanted: Rows) -> list[str]:
    faults = [
        f"{row}: {found.get(row)} instead of {wanted.get(row)}"
        for row in found.keys() | wanted.keys()
        if found.get(row) != wanted.get(row)
    ]
    return [*sorted(faults)[:SHOWN], *([f"{len(faults)} of {len(wanted)} rows are wrong"] if faults else [])]


def main(seeds: range) -> int:
    """Run every seed; return 1 when one failed."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder, azurite.running(Path(folder), on_disk=True) as running:
        for seed in seeds:
            outcome = asyncio.run(
                roll_up_with_kills(
                    Path(folder, str(seed)), running.connection_string, seed, LONG, partial(print, flush=True)
                )
            )
            faults = outcome.faults()
            failed += bool(faults)
            print(f"seed {seed}: {outcome}: {'; '.join(faults) or 'all rows as recomputed, no event lost'}", flush=True)
    return int(bool(failed))
