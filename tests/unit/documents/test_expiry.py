"""When is an expired document gone from SQLite?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from shared import clock
from shared.documents import bodies, tables
from shared.documents.containers import JOBS, WARDROBE
from shared.documents.sqlite import SqliteDocuments
from shared.errors import PreconditionFailed


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def time() -> Iterator[Time]:
    time = Time()
    with clock.running_on(lambda: time.at):
        yield time


@pytest.fixture
async def documents(time: Time) -> AsyncIterator[SqliteDocuments]:
    documents = SqliteDocuments(":memory:")
    yield documents
    await documents.close()


async def test_a_document_is_there_until_its_ttl_is_over(documents: SqliteDocuments, time: Time) -> None:
    created = await documents.create(JOBS, {"id": "job-1", "scope": "ada", "ttl": 60})

    time.pass_by(59.9)
    assert await documents.get(JOBS, "ada", "job-1") == created
    time.pass_by(0.1)
    assert await documents.get(JOBS, "ada", "job-1") is None


async def test_an_expired_document_is_in_no_query_or_count(documents: SqliteDocuments, time: Time) -> None:
    await documents.create(JOBS, {"id": "job-1", "scope": "ada", "ttl": 60})
    await documents.create(JOBS, {"id": "job-2", "scope": "ada"})

    time.pass_by(60)

    assert [document.body["id"] async for document in documents.query(JOBS)] == ["job-2"]
    assert await documents.count(JOBS, partition="ada") == 1


async def test_an_expired_document_is_neither_replaced_nor_deleted(documents: SqliteDocuments, time: Time) -> None:
    created = await documents.create(JOBS, {"id": "job-1", "scope": "ada", "ttl": 60})

    time.pass_by(60)

    with pytest.raises(PreconditionFailed):
        await documents.replace(JOBS, created.body, created.etag)
    with pytest.raises(PreconditionFailed):
        await documents.delete(JOBS, "ada", "job-1", created.etag)


@pytest.mark.parametrize("write", ["create", "upsert"])
async def test_an_expired_document_makes_room(documents: SqliteDocuments, time: Time, write: str) -> None:
    await documents.create(JOBS, {"id": "job-1", "scope": "ada", "ttl": 60})
    time.pass_by(60)

    written = await getattr(documents, write)(JOBS, {"id": "job-1", "scope": "ada"})

    time.pass_by(3600)
    assert await documents.get(JOBS, "ada", "job-1") == written


async def test_each_write_counts_the_ttl_anew(documents: SqliteDocuments, time: Time) -> None:
    created = await documents.create(JOBS, {"id": "job-1", "scope": "ada", "ttl": 60})
    time.pass_by(50)

    replaced = await documents.replace(JOBS, created.body, created.etag)

    time.pass_by(50)
    assert await documents.get(JOBS, "ada", "job-1") == replaced


async def test_a_write_without_ttl_keeps_the_document_for_good(documents: SqliteDocuments, time: Time) -> None:
    created = await documents.create(JOBS, {"id": "job-1", "scope": "ada", "ttl": 60})
    replaced = await documents.replace(JOBS, {"id": "job-1", "scope": "ada"}, created.etag)

    time.pass_by(3600)

    assert await documents.get(JOBS, "ada", "job-1") == replaced


async def test_nothing_expires_in_a_container_without_expiry(documents: SqliteDocuments, time: Time) -> None:
    created = await documents.create(WARDROBE, {"id": "coat", "userId": "ada", "ttl": 60})

    time.pass_by(3600)

    assert await documents.get(WARDROBE, "ada", "coat") == created


def test_expired_rows_are_swept_now_and_then(time: Time) -> None:
    store = tables.Tables(":memory:")
    for n in range(10):
        store.create(JOBS, bodies.encode(JOBS, {"id": f"old-{n}", "scope": "ada", "ttl": 60}))
    time.pass_by(60)

    for _ in range(tables.WRITES_BETWEEN_SWEEPS):
        store.upsert(JOBS, bodies.encode(JOBS, {"id": "new", "scope": "ada"}))

    time.pass_by(-60)
    assert store.get(JOBS, "ada", "old-1") is None
    assert store.get(JOBS, "ada", "new") is not None
    store.close()
