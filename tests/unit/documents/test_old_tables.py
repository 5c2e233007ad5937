"""Is what an older app wrote into a file still there, each document under its own id?"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from pathlib import Path

import pytest

from processors.users import kept
from shared.documents.containers import DIGEST_OUTCOMES, JOBS, USER_PROFILES, Container
from shared.documents.sqlite import SqliteDocuments


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_OLD_TABLE = (
    'CREATE TABLE "jobs" (partition TEXT NOT NULL, id TEXT NOT NULL, original TEXT, etag TEXT NOT NULL, '
    "body TEXT NOT NULL, expires_at REAL, PRIMARY KEY (partition, id))"
)
HASH = _sha256("a/b")
OLD = {
    ("ada", "plain"): ("ada", "plain", None),
    ("ada", HASH): ("ada", HASH, None),
    ("ada", _sha256(HASH)): ("ada", _sha256(HASH), None),
    ("ada", "c/d"): ("ada", _sha256("c/d"), json.dumps(["ada", "c/d"])),
    (HASH, "c/d"): (HASH, _sha256("c/d"), json.dumps([HASH, "c/d"])),
    ("x/y", "plain"): (_sha256("x/y"), "plain", json.dumps(["x/y", "plain"])),
    ("x/y", HASH): (_sha256("x/y"), HASH, json.dumps(["x/y", HASH])),
    ("nul\0", "plain"): (_sha256("nul\0"), "plain", json.dumps(["nul\0", "plain"])),
}
"""Partition and id of some documents, and how they were once stored."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a table of jobs as an older app wrote it."""
    file = tmp_path / "store.db"
    connection = sqlite3.connect(file)
    connection.execute(_OLD_TABLE)
    connection.execute('CREATE INDEX "jobs.id" ON "jobs" (json_extract(body, \'$."id"\'), partition, id)')
    for number, ((scope, name), (partition, stored, original)) in enumerate(OLD.items()):
        row = (partition, stored, original, f"etag-{number}", json.dumps({"id": name, "scope": scope}), None)
        connection.execute('INSERT INTO "jobs" VALUES (?, ?, ?, ?, ?, ?)', row)
    connection.commit()
    connection.close()
    return file


async def test_each_document_of_an_old_file_is_found_and_changed_by_its_id(path: Path) -> None:
    documents = SqliteDocuments(path)

    for number, (scope, name) in enumerate(OLD):
        found = await documents.get(JOBS, scope, name)
        assert found is not None, (scope, name)
        assert (found.body, found.etag) == ({"id": name, "scope": scope}, f"etag-{number}")
        await documents.delete(JOBS, scope, name, found.etag)

    assert await documents.count(JOBS) == 0
    await documents.create(JOBS, {"id": "new", "scope": "ada"})
    await documents.close()


async def test_what_was_changed_stays_so_when_the_file_is_opened_again(path: Path) -> None:
    for number in range(3):
        documents = SqliteDocuments(path)
        assert await documents.count(JOBS) == len(OLD) + number
        assert await documents.count(JOBS, where=[("id", "=", HASH)]) == 2
        await documents.create(JOBS, {"id": f"new-{number}", "scope": "ada"})
        await documents.upsert(USER_PROFILES, {"id": "profile", "userId": HASH})
        await documents.close()


async def test_processes_that_open_an_old_file_together_lose_nothing(path: Path) -> None:
    stores = [SqliteDocuments(path) for _ in range(6)]

    assert await asyncio.gather(*(store.count(JOBS) for store in stores)) == [len(OLD)] * 6

    for store in stores:
        await store.close()


async def test_an_old_file_that_can_not_be_changed_is_left_as_it_is(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE \"jobs\" SET original = 'no JSON' WHERE id = 'plain' AND partition = 'ada'")
    connection.commit()
    before = connection.execute('SELECT * FROM "jobs" ORDER BY partition, id').fetchall()

    documents = SqliteDocuments(path)
    with pytest.raises(Exception, match="failed"):
        await documents.count(JOBS)
    await documents.close()

    assert connection.execute('SELECT * FROM "jobs" ORDER BY partition, id').fetchall() == before
    connection.close()


async def test_what_an_older_app_parted_otherwise_is_found_and_deleted(tmp_path: Path) -> None:
    documents = SqliteDocuments(tmp_path / "store.db")
    by_run = Container("digestOutcomes", "runId", expires=True)
    await documents.create(by_run, {"id": "ada", "runId": "digest|2026-W47", "userId": "ada"})

    (found,) = [found async for found in kept.documents_of(documents, "ada")]
    partition = found.document.body[DIGEST_OUTCOMES.partition_key]
    await documents.delete(DIGEST_OUTCOMES, partition, "ada", found.document.etag)

    assert await documents.count(DIGEST_OUTCOMES) == 0
    await documents.close()
