"""Can all partitions be gone through in pieces, each going on where the last one stopped?"""

from __future__ import annotations

import pytest

from shared.documents import ids
from shared.documents.containers import JOBS
from shared.documents.port import Documents
from tests.contract.documents.build import job

SCOPES = ["ada", "Ben", "7", "~", "a/b", "é", "", "\U0001f457", "zoe", "a|b", "x" * 129]


async def scopes_of(documents: Documents, after: str, limit: int | None = None) -> list[str]:
    """Return the scopes of the documents that come behind a partition, in their order."""
    query = documents.query(JOBS, after_partition=after, select=["scope"], limit=limit)
    return [document.body["scope"] async for document in query]


async def fill(documents: Documents) -> list[str]:
    """Store three documents in each partition; return the partitions in the order of what they are stored as."""
    for scope in SCOPES:
        for n in range(3):
            await documents.create(JOBS, job(f"job-{n}", scope))
    return sorted(SCOPES, key=ids.safe)


async def test_partitions_come_one_after_another_by_what_they_are_stored_as(documents: Documents) -> None:
    ordered = await fill(documents)

    assert await scopes_of(documents, "") == [scope for scope in ordered for _ in range(3)]


async def test_whoever_stops_goes_on_behind_the_last_partition(documents: Documents) -> None:
    ordered = await fill(documents)

    after, seen = "", list[str]()
    for _ in SCOPES:
        page = await scopes_of(documents, after, limit=4)
        seen += [scope for n, scope in enumerate(page) if scope not in page[:n]]
        after = ids.safe(page[-1]) if page else after

    assert seen == ordered


async def test_documents_written_meanwhile_do_no_harm(documents: Documents) -> None:
    ordered = await fill(documents)
    seen = []

    async for document in documents.query(JOBS, after_partition=""):
        seen.append(document.body["scope"])
        await documents.upsert(JOBS, {**document.body, "seen": True})

    assert seen == [scope for scope in ordered for _ in range(3)]


async def test_conditions_hold_there_too(documents: Documents) -> None:
    await fill(documents)

    query = documents.query(JOBS, after_partition=ids.safe("ada"), where=[("id", "=", "job-1")])

    assert [document.body["scope"] async for document in query] == sorted(
        (scope for scope in SCOPES if ids.safe(scope) > "ada"), key=ids.safe
    )


@pytest.mark.parametrize("other", [{"partition": "ada"}, {"order_by": "id"}])
async def test_it_goes_with_no_other_order_and_no_partition(documents: Documents, other: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="all partitions"):
        [document async for document in documents.query(JOBS, after_partition="", **other)]
