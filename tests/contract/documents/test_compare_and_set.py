"""Does a compare-and-set lose no update?"""

from __future__ import annotations

import asyncio
import random

from shared.documents.containers import JOBS
from shared.documents.port import Documents
from shared.errors import Conflict, PreconditionFailed
from tests.contract.documents.build import job

WRITERS, INCREMENTS = 8, 50


async def test_eight_writers_of_one_document_lose_no_increment(documents: Documents) -> None:
    await documents.create(JOBS, job(n=0))

    conflicts = await asyncio.gather(*(_increment(documents, INCREMENTS) for _ in range(WRITERS)))

    counter = await documents.get(JOBS, "ada", "job-1")
    assert counter is not None
    assert counter.body["n"] == WRITERS * INCREMENTS
    assert sum(conflicts) > 0, "the writers never met, so this showed nothing"


async def test_of_many_creators_one_wins(documents: Documents) -> None:
    answers = await asyncio.gather(*(documents.create(JOBS, job(n=n)) for n in range(20)), return_exceptions=True)

    won = [answer for answer in answers if not isinstance(answer, Conflict)]
    assert won == [await documents.get(JOBS, "ada", "job-1")]


async def test_of_many_deleters_one_wins(documents: Documents) -> None:
    created = await documents.create(JOBS, job())

    answers = await asyncio.gather(
        *(documents.delete(JOBS, "ada", "job-1", created.etag) for _ in range(20)), return_exceptions=True
    )

    assert [answer for answer in answers if not isinstance(answer, PreconditionFailed)] == [None]


async def _increment(documents: Documents, times: int) -> int:
    conflicts = 0
    while times:
        counter = await documents.get(JOBS, "ada", "job-1")
        assert counter is not None
        await asyncio.sleep(random.uniform(0, 0.001))
        try:
            await documents.replace(JOBS, job(n=counter.body["n"] + 1), counter.etag)
            times -= 1
        except PreconditionFailed:
            conflicts += 1
    return conflicts
