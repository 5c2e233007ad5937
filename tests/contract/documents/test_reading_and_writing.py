"""Does every adapter read and write single documents as the port says?"""

from __future__ import annotations

import pytest

from shared.documents.containers import GATES, JOBS, WARDROBE
from shared.documents.port import Documents
from shared.errors import Conflict, PreconditionFailed
from tests.contract.documents.build import job


async def test_get_returns_what_create_stored(documents: Documents) -> None:
    created = await documents.create(JOBS, job(status="queued", claim={"token": None}))

    assert await documents.get(JOBS, "ada", "job-1") == created
    assert created.body == job(status="queued", claim={"token": None})


async def test_get_returns_none_for_an_unknown_id(documents: Documents) -> None:
    await documents.create(JOBS, job())

    assert await documents.get(JOBS, "ada", "job-2") is None


async def test_get_returns_none_in_another_partition(documents: Documents) -> None:
    await documents.create(JOBS, job())

    assert await documents.get(JOBS, "bob", "job-1") is None


async def test_the_same_id_lives_in_each_partition_and_container_by_itself(documents: Documents) -> None:
    await documents.create(JOBS, job(scope="ada", n=1))
    await documents.create(JOBS, job(scope="bob", n=2))
    await documents.create(WARDROBE, {"id": "job-1", "userId": "ada", "n": 3})

    ada, bob = await documents.get(JOBS, "ada", "job-1"), await documents.get(JOBS, "bob", "job-1")
    item = await documents.get(WARDROBE, "ada", "job-1")
    assert ada is not None
    assert bob is not None
    assert item is not None
    assert [ada.body["n"], bob.body["n"], item.body["n"]] == [1, 2, 3]


async def test_a_container_may_be_partitioned_by_id(documents: Documents) -> None:
    created = await documents.create(GATES, {"id": "budget:llm"})

    assert await documents.get(GATES, "budget:llm", "budget:llm") == created


async def test_create_raises_conflict_when_the_id_is_taken(documents: Documents) -> None:
    first = await documents.create(JOBS, job(n=1))

    with pytest.raises(Conflict):
        await documents.create(JOBS, job(n=2))

    assert await documents.get(JOBS, "ada", "job-1") == first


async def test_upsert_creates_a_missing_document(documents: Documents) -> None:
    written = await documents.upsert(JOBS, job(n=1))

    assert await documents.get(JOBS, "ada", "job-1") == written


async def test_upsert_overwrites_whatever_was_there(documents: Documents) -> None:
    await documents.create(JOBS, job(n=1, gone=True))

    written = await documents.upsert(JOBS, job(n=2))

    assert await documents.get(JOBS, "ada", "job-1") == written
    assert written.body == job(n=2)


async def test_replace_stores_over_the_version_that_was_read(documents: Documents) -> None:
    created = await documents.create(JOBS, job(n=1, gone=True))

    replaced = await documents.replace(JOBS, job(n=2), created.etag)

    assert await documents.get(JOBS, "ada", "job-1") == replaced
    assert replaced.body == job(n=2)


async def test_replace_refuses_an_older_version(documents: Documents) -> None:
    created = await documents.create(JOBS, job(n=1))
    standing = await documents.replace(JOBS, job(n=2), created.etag)

    with pytest.raises(PreconditionFailed):
        await documents.replace(JOBS, job(n=3), created.etag)

    assert await documents.get(JOBS, "ada", "job-1") == standing


async def test_replace_refuses_a_missing_document(documents: Documents) -> None:
    created = await documents.create(JOBS, job())

    with pytest.raises(PreconditionFailed):
        await documents.replace(JOBS, job("job-2"), created.etag)

    assert await documents.get(JOBS, "ada", "job-2") is None


async def test_replace_touches_no_document_but_the_one_in_the_body(documents: Documents) -> None:
    first = await documents.create(JOBS, job("job-1", n=1))
    second = await documents.create(JOBS, job("job-2", n=2))

    with pytest.raises(PreconditionFailed):
        await documents.replace(JOBS, job("job-2", n=3), first.etag)

    assert await documents.get(JOBS, "ada", "job-1") == first
    assert await documents.get(JOBS, "ada", "job-2") == second


@pytest.mark.parametrize("wildcard", ["*", ""])
async def test_no_etag_stands_for_any_version(documents: Documents, wildcard: str) -> None:
    await documents.create(JOBS, job())

    with pytest.raises(PreconditionFailed):
        await documents.replace(JOBS, job(n=2), wildcard)
    with pytest.raises(PreconditionFailed):
        await documents.delete(JOBS, "ada", "job-1", wildcard)


async def test_delete_removes_the_version_that_was_read(documents: Documents) -> None:
    created = await documents.create(JOBS, job())

    await documents.delete(JOBS, "ada", "job-1", created.etag)

    assert await documents.get(JOBS, "ada", "job-1") is None


async def test_delete_refuses_an_older_version(documents: Documents) -> None:
    created = await documents.create(JOBS, job())
    standing = await documents.upsert(JOBS, job(n=2))

    with pytest.raises(PreconditionFailed):
        await documents.delete(JOBS, "ada", "job-1", created.etag)

    assert await documents.get(JOBS, "ada", "job-1") == standing


async def test_delete_refuses_a_missing_document(documents: Documents) -> None:
    created = await documents.create(JOBS, job())
    await documents.delete(JOBS, "ada", "job-1", created.etag)

    with pytest.raises(PreconditionFailed):
        await documents.delete(JOBS, "ada", "job-1", created.etag)


async def test_every_write_gives_a_new_etag_even_of_the_same_body(documents: Documents) -> None:
    created = await documents.create(JOBS, job())
    replaced = await documents.replace(JOBS, job(), created.etag)
    upserted = await documents.upsert(JOBS, job())
    await documents.delete(JOBS, "ada", "job-1", upserted.etag)
    again = await documents.create(JOBS, job())

    assert len({created.etag, replaced.etag, upserted.etag, again.etag}) == 4


async def test_an_etag_of_a_deleted_document_never_fits_its_successor(documents: Documents) -> None:
    first = await documents.create(JOBS, job())
    await documents.delete(JOBS, "ada", "job-1", first.etag)
    await documents.create(JOBS, job())

    with pytest.raises(PreconditionFailed):
        await documents.replace(JOBS, job(n=2), first.etag)


async def test_what_a_caller_does_to_a_body_later_never_reaches_the_store(documents: Documents) -> None:
    body = job(claim={"token": "a"})
    created = await documents.create(JOBS, body)

    body["claim"]["token"] = "b"
    created.body["claim"]["token"] = "c"
    read = await documents.get(JOBS, "ada", "job-1")
    assert read is not None
    read.body["claim"]["token"] = "d"

    again = await documents.get(JOBS, "ada", "job-1")
    assert again is not None
    assert again.body == job(claim={"token": "a"})


async def test_a_written_document_shares_nothing_with_the_body_it_came_from(documents: Documents) -> None:
    body = job(claim={"token": "a"})
    created = await documents.create(JOBS, body)

    body["claim"]["token"] = "b"

    assert created.body == job(claim={"token": "a"})


async def test_close_may_be_called_twice(documents: Documents) -> None:
    await documents.create(JOBS, job())

    await documents.close()
    await documents.close()
