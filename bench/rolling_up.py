"""Benchmark of roll-ups: events of a file recorded, and rolled up by ticks and a worker, on a SQLite file.

Each measure is taken in a process of its own: `python -m bench.rolling_up STEP EVENTS FOLDER`.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from bench.measuring import Run
from cli.lines_file import lines
from operations import usage_events
from operations.actor import ROLES, Actor
from processors.catalogue import rollup_kind
from shared import clock
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.containers import ROLLUP_WORK, USAGE_EVENTS, Container
from shared.documents.port import Document
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.runtime import Runtime
from shared.queues.memory import MemoryQueues
from shared.rollups import planning
from shared.services import Services

ORGANISATIONS, A_DAY = 20, 1_000_000
"""Events of so many organisations come so many a day, however many there are: their slices are equally full."""
WARM = 500
_KILOBYTES = 1024
_TICK = timedelta(minutes=15)
_BY = Actor("bench", frozenset(ROLES), frozenset({"*"}))
_LIKE: tuple[dict[str, Any], ...] = (
    *({"kind": "llm", "reason": reason, "values": {"cost": 0.0123}} for reason in ("challenge", "summarize", "x")),
    {"kind": "document", "values": {"pages": 3}},
    {"kind": "execution", "type": "api"},
    {"kind": "hitl", "type": "review"},
)


class CountedDocuments(SqliteDocuments):
    """A SQLite file that counts the documents that its queries and reads give out, by container."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.given: Counter[str] = Counter()

    async def get(self, container: Container, partition: str, id: str) -> Document | None:
        """See SqliteDocuments."""
        found = await super().get(container, partition, id)
        self.given[container.name] += found is not None
        return found

    async def query(self, container: Container, **asked: Any) -> AsyncIterator[Document]:
        """See SqliteDocuments."""
        async for document in super().query(container, **asked):
            self.given[container.name] += 1
            yield document


class Worker:
    """A timer and a worker on one store, with queues in memory."""

    def __init__(self, documents: CountedDocuments) -> None:
        settings = Settings()
        self.documents, self._queues, self._kind = documents, MemoryQueues(), rollup_kind(settings)
        self._runtime = Runtime(Services(settings, documents, self._queues, cast(Blobs, None)))

    async def tick(self) -> int:
        """Enqueue the marks, work the messages off, one after the other, and return how many marks there were."""
        queue = self._kind.queue
        await self._queues.ensure(queue)
        planned = await planning.enqueue_marks(self.documents, self._queues, queue)
        while (delivery := self._queues.receive(queue)) is not None:
            await self._runtime.deliver(self._kind, delivery)
            self._queues.delete(delivery)
        return planned.marks


async def rolled_up(count: int, folder: Path) -> Run:
    """Record a file of so many events of the last hours, then roll all of it up."""
    end = clock.now()
    file = _file(folder / "events.jsonl", count, end - timedelta(days=count / A_DAY), end, ORGANISATIONS)
    documents = CountedDocuments(folder / "events.sqlite3")
    worker = Worker(documents)
    await _record(documents, _file(folder / "warm.jsonl", WARM, end - timedelta(days=2), end, 1, "warm"))
    await worker.tick()
    memory, read = _peak_mib(), documents.given[USAGE_EVENTS.name]
    began = _now()
    await _record(documents, file)
    recorded = _now()
    ticks = 0
    while await worker.tick():
        ticks += 1
    done = _now()
    found = {
        **_rates("recorded", count, began, recorded),
        **_rates("rolled_up", count, recorded, done),
        **_rates("both", count, began, done),
        "ticks": ticks,
        "reads": (documents.given[USAGE_EVENTS.name] - read) / count,
        "mib": _peak_mib() - memory,
    }
    await documents.close()
    return found


async def busy_hour(count: int, folder: Path) -> Run:
    """Let one organisation have so many events in an hour, evenly; a tick every quarter, in the middle of a slice."""
    documents = CountedDocuments(folder / "hour.sqlite3")
    worker = Worker(documents)
    begin = clock.now().replace(minute=0, second=0, microsecond=0)
    at, end = begin + timedelta(minutes=2.5), begin + timedelta(hours=1)
    now = begin
    began = _now()
    with clock.running_on(lambda: now):
        before = begin
        while before < end:
            now, until = at, min(at, end)
            share = round(count * ((until - begin) / (end - begin))) - round(count * ((before - begin) / (end - begin)))
            name = f"{before:%H%M%S}"
            await _record(documents, _file(folder / f"{name}.jsonl", share, before, until, 1, name, _LIKE[:1]))
            await worker.tick()
            before, at = until, at + _TICK
    done = _now()
    assert await documents.count(ROLLUP_WORK) == 0
    found = {**_rates("hour", count, began, done), "reads": documents.given[USAGE_EVENTS.name] / count}
    await documents.close()
    return found


async def _record(documents: CountedDocuments, file: Path) -> None:
    """Record a file as `nightshift metrics record` does."""
    async for one in usage_events.record(documents, _BY, lines(file, ())):
        if one.what != "recorded":
            raise SystemExit(f"{file}, line {one.line}: {one.error or one.what}")


def _file(
    file: Path, count: int, begin: datetime, end: datetime, organisations: int, name: str = "e", like: Any = _LIKE
) -> Path:
    """Write a file of so many events between two instants, by time."""
    chance = random.Random(count)

    def told() -> Iterator[str]:
        for number in range(count):
            at = begin + (end - begin) * (number / count)
            org = f"{'warm' if name == 'warm' else 'org'}-{chance.randrange(organisations)}"
            event = {"event_id": f"{name}-{number}", "orgId": org, "occurredAt": clock.to_text(at)}
            yield json.dumps({**event, **chance.choice(like), "project": f"p{number % 3}"}) + "\n"

    with file.open("w") as stream:
        stream.writelines(told())
    return file


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _rates(name: str, count: int, begin: tuple[float, float], end: tuple[float, float]) -> Run:
    took, cpu = (after - before for before, after in zip(begin, end, strict=True))
    return {f"{name}_rate": count / took, f"{name}_cpu_ms": cpu / count * 1000}


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES


_STEPS = {"rolled_up": rolled_up, "busy_hour": busy_hour}

if __name__ == "__main__":
    _, step, number, place = sys.argv
    print(json.dumps(asyncio.run(_STEPS[step](int(number), Path(place)))))
