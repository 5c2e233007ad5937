"""Do hundreds of jobs of every fate end the same, whatever store they are recorded in?"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

from shared import clock
from shared.documents.containers import JOBS
from shared.documents.port import Documents
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Permanent, Transient
from shared.jobs.kinds import Job, Next
from tests import cosmos_stores
from tests.integration.jobs.worlds import MovingClock
from tests.jobs_world import QUEUE, Errand, World, errand_kind

COUNT, AT_ONCE = 500, 16
FATES = ("ok", "ok", "ok", "ok", "ok", "ok", "again", "flaky", "hopeless", "wrong")
"""What the jobs do, by the last digit of their number."""

Ends = dict[str, tuple[str, int, str | None, int]]
"""By name: status, generation, reason and how often the handler worked on it."""


async def test_hundreds_of_jobs_end_in_cosmos_db_as_they_do_in_sqlite(cosmos_standin: str) -> None:
    async with cosmos_stores.on_standin(cosmos_standin) as cosmos:
        ends = await run(cosmos)

    sqlite = SqliteDocuments(":memory:")
    assert ends == await run(sqlite)
    await sqlite.close()
    assert Counter((status, handled) for status, _, _, handled in ends.values()) == {
        ("completed", 1): 300,
        ("completed", 2): 50,  # that asked to be looked at again
        ("completed", 3): 50,  # that failed twice
        ("dead", 5): 50,  # that failed as often as they may
        ("dead", 1): 50,  # that were wrong
    }


async def run(documents: Documents) -> Ends:
    """Put the jobs, every fifth one twice, and work until no message is left; return how each ended."""
    handled = Counter[str]()

    async def handle(job: Job, errand: Errand) -> Next | None:
        handled[errand.name] += 1
        if errand.do == "again" and job.generation == 0:
            return Next(timedelta(seconds=10))
        if errand.do == "hopeless" or (errand.do == "flaky" and job.attempt < 3):
            raise Transient("busy", code="busy")
        if errand.do == "wrong":
            raise Permanent("wrong", code="wrong")
        return None

    world = World(errand_kind(handle), documents=documents)
    for number in range(COUNT):
        for _ in range(2 if number % 5 == 0 else 1):
            world.put(Errand(name=f"errand-{number:04}", do=FATES[number % 10]).model_dump_json())
    time = MovingClock()
    with clock.running_on(lambda: time.now):
        while (due := world.queues.next_visible_at(QUEUE)) is not None:
            time.now = max(time.now, due)
            await asyncio.gather(*(world.deliver_one() for _ in range(AT_ONCE)))
    return {
        record.body["id"]: (
            record.body["status"],
            record.body["generation"],
            record.body["reason"]["code"] if "reason" in record.body else None,
            handled[record.body["id"]],
        )
        async for record in documents.query(JOBS)
    }
