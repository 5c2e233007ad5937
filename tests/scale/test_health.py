"""What does a look of the watch over jobs ask of the store and the queues, whatever the number of jobs?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from shared import clock
from shared.errors import Permanent
from shared.jobs import transitions
from shared.jobs.record import JobKey, Record
from shared.jobs.record_store import Records
from shared.queues.memory import MemoryQueues
from tests.integration.health.worlds import HealthWorld
from tests.integration.jobs.worlds import MovingClock
from tests.scale.counting import Cost, CountedDocuments, drift, spent

REASON = transitions.reason_of("taste", Permanent("gone", code="gone"))
QUEUE = "taste-analysis-jobs"


async def full(documents: CountedDocuments, jobs: int) -> None:
    """Let there be so many jobs that wait, as many that completed, and as many dead letters."""
    records = Records(cast(Any, documents))
    for number in range(jobs):
        at = clock.now() - timedelta(minutes=number)
        for name in ("waits", "done", "dead"):
            record = Record(
                JobKey("ada", f"{name}-{number}"), "taste", QUEUE, "waiting", at, at, due=at, unfinished_since=at
            )
            if name == "done":
                record = transitions.completed(record)
            elif name == "dead":
                record = transitions.dead(record, REASON)
            await records.create(record, counted=False)


def counting(queues: MemoryQueues, asked: list[str]) -> None:
    """Let the names of queues that are asked for their depth be written down."""
    depth = queues.depth

    async def counted(queue: str) -> int | None:
        asked.append(queue)
        return await depth(queue)

    queues.depth = counted  # type: ignore[method-assign]


async def test_a_look_costs_the_same_however_many_jobs_there_are(time: MovingClock) -> None:
    asked: list[list[str]] = []

    async def look(documents: CountedDocuments, jobs: int) -> Cost:
        world = HealthWorld(time, documents=documents)
        await full(documents, jobs)
        time.advance(3600)
        await world.begin()
        for _ in range(2):  # so that its queue grows, and it is asked whether anything completes
            world.put(QUEUE, 1)
            await world.watch()
        world.put(QUEUE, 1)
        asked.append([])
        counting(world.queues, asked[-1])
        return await spent(documents, world.watch())

    assert await drift(look, 20) == []
    print([len(one) for one in asked])
    assert len({len(one) for one in asked}) == 1
