"""What does the SQLite adapter promise beyond the port?"""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from shared.config import PROJECT_FOLDER
from shared.documents import tables
from shared.documents.containers import JOBS
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Unavailable

JOB = {"id": "job-1", "scope": "ada"}


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process holds the file's write lock."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_making_an_instance_opens_nothing(tmp_path: Path) -> None:
    threads = threading.active_count()

    SqliteDocuments(tmp_path / "folder" / "documents.db")

    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == threads


def test_importing_the_package_imports_no_sqlite() -> None:
    check = "import sys, shared.documents, shared.documents.port; sys.exit('sqlite3' in sys.modules)"

    subprocess.run([sys.executable, "-c", check], cwd=PROJECT_FOLDER, check=True)


async def test_the_folder_is_made_when_it_is_missing(tmp_path: Path) -> None:
    documents = SqliteDocuments(tmp_path / "new" / "folder" / "documents.db")

    await documents.create(JOBS, JOB)
    await documents.close()

    assert (tmp_path / "new" / "folder" / "documents.db").exists()


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    before = SqliteDocuments(tmp_path / "documents.db")
    created = await before.create(JOBS, JOB)
    await before.close()

    after = SqliteDocuments(tmp_path / "documents.db")

    assert await after.get(JOBS, "ada", "job-1") == created
    await after.close()


async def test_the_file_is_in_wal_mode(tmp_path: Path) -> None:
    documents = SqliteDocuments(tmp_path / "documents.db")
    await documents.create(JOBS, JOB)

    with closing(sqlite3.connect(tmp_path / "documents.db")) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    await documents.close()


def test_one_instance_serves_one_event_loop_after_another(tmp_path: Path) -> None:
    documents = SqliteDocuments(tmp_path / "documents.db")

    created = asyncio.run(documents.create(JOBS, JOB))

    assert asyncio.run(documents.get(JOBS, "ada", "job-1")) == created
    asyncio.run(documents.close())


def test_memory_is_shared_by_event_loops_of_several_threads() -> None:
    documents = SqliteDocuments(":memory:")
    created = asyncio.run(documents.create(JOBS, JOB))
    found = []

    thread = threading.Thread(target=lambda: found.append(asyncio.run(documents.get(JOBS, "ada", "job-1"))))
    thread.start()
    thread.join()

    assert found == [created]
    asyncio.run(documents.close())


async def test_a_locked_file_does_not_block_the_event_loop(tmp_path: Path) -> None:
    documents = SqliteDocuments(tmp_path / "documents.db")
    await documents.create(JOBS, JOB)

    with locked(tmp_path / "documents.db"):
        write = asyncio.create_task(documents.upsert(JOBS, JOB))
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert not write.done()

    await write
    await documents.close()


async def test_a_file_that_stays_locked_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "BUSY_TIMEOUT_SECONDS", 0.05)
    documents = SqliteDocuments(tmp_path / "documents.db")
    created = await documents.create(JOBS, JOB)

    with locked(tmp_path / "documents.db"), pytest.raises(Unavailable) as caught:
        await documents.replace(JOBS, JOB, created.etag)

    assert caught.value.dependency == "store"
    await documents.replace(JOBS, JOB, created.etag)
    await documents.close()


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "documents.db").write_bytes(b"something else " * 100)
    documents = SqliteDocuments(tmp_path / "documents.db")

    with pytest.raises(Unavailable, match=r"documents\.db"):
        await documents.get(JOBS, "ada", "job-1")
    await documents.close()


async def test_a_folder_that_can_not_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    documents = SqliteDocuments(tmp_path / "file" / "documents.db")

    with pytest.raises(Unavailable):
        await documents.get(JOBS, "ada", "job-1")
    await documents.close()


async def test_a_store_that_failed_works_again_once_its_cause_is_gone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    documents = SqliteDocuments(tmp_path / "file" / "documents.db")
    with pytest.raises(Unavailable):
        await documents.create(JOBS, JOB)

    (tmp_path / "file").unlink()

    await documents.create(JOBS, JOB)
    await documents.close()


@pytest.mark.parametrize("place", ["file", "memory"])
async def test_a_closed_store_is_unavailable(tmp_path: Path, place: str) -> None:
    documents = SqliteDocuments(":memory:" if place == "memory" else tmp_path / "documents.db")
    await documents.create(JOBS, JOB)
    await documents.close()

    with pytest.raises(Unavailable):
        await documents.get(JOBS, "ada", "job-1")


async def test_close_waits_for_what_is_under_way_and_ends_the_thread(tmp_path: Path) -> None:
    documents = SqliteDocuments(tmp_path / "documents.db")
    writes = [asyncio.create_task(documents.upsert(JOBS, JOB | {"id": f"job-{n}"})) for n in range(20)]
    await asyncio.sleep(0)

    await documents.close()

    assert {document.body["id"] for document in await asyncio.gather(*writes)} == {f"job-{n}" for n in range(20)}
    for _ in range(1000):
        if not any(thread.name.startswith("documents") for thread in threading.enumerate()):
            break
        await asyncio.sleep(0.005)
    else:
        pytest.fail("the thread of the store is still there")


async def test_equal_sort_values_come_by_id() -> None:
    documents = SqliteDocuments(":memory:")
    for name in ["b", "c", "a"]:
        await documents.create(JOBS, {"id": name, "scope": "ada", "n": 1})

    assert [document.body["id"] async for document in documents.query(JOBS, order_by="n")] == ["a", "b", "c"]
    assert [document.body["id"] async for document in documents.query(JOBS, order_by="-n")] == ["c", "b", "a"]
    await documents.close()


async def test_big_bodies_make_short_pages() -> None:
    documents = SqliteDocuments(":memory:")
    for n in range(8):
        await documents.create(JOBS, {"id": f"job-{n}", "scope": "ada", "big": "x" * (tables.CHARACTERS_A_PAGE // 2)})

    assert [document.body["id"] async for document in documents.query(JOBS)] == [f"job-{n}" for n in range(8)]
    await documents.close()
