"""Do several processes share one SQLite file without losing anything?

The only adapter whose store lives in the processes themselves, so the only one that has this to prove.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from shared.config import PROJECT_FOLDER
from shared.documents.containers import JOBS
from shared.documents.sqlite import SqliteDocuments
from tests.contract.documents.build import job
from tests.patience import LIMIT_SECONDS

PROCESSES, INCREMENTS = 3, 100

_INCREMENT = f"""
import asyncio, pathlib, sys
from shared.documents.containers import JOBS
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Conflict, PreconditionFailed

async def main():
    documents = SqliteDocuments(pathlib.Path(sys.argv[1]))
    done = 0
    while done < {INCREMENTS}:
        counter = await documents.get(JOBS, "ada", "job-1")
        try:
            if counter is None:
                await documents.create(JOBS, {{"id": "job-1", "scope": "ada", "n": 1}})
            else:
                await documents.replace(JOBS, counter.body | {{"n": counter.body["n"] + 1}}, counter.etag)
            done += 1
        except (Conflict, PreconditionFailed):
            pass
    await documents.close()

asyncio.run(main())
"""


async def test_processes_that_start_on_a_missing_file_lose_no_increment(tmp_path: Path) -> None:
    path = tmp_path / "documents.db"

    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", _INCREMENT, str(path), cwd=PROJECT_FOLDER, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(PROCESSES)
    ]
    outputs = await asyncio.wait_for(asyncio.gather(*(one.communicate() for one in processes)), LIMIT_SECONDS)

    assert [one.returncode for one in processes] == [0] * PROCESSES, outputs
    documents = SqliteDocuments(path)
    counter = await documents.get(JOBS, "ada", "job-1")
    await documents.close()
    assert counter is not None
    assert counter.body["n"] == PROCESSES * INCREMENTS


async def test_what_one_has_written_the_other_reads_at_once(tmp_path: Path) -> None:
    one, other = SqliteDocuments(tmp_path / "documents.db"), SqliteDocuments(tmp_path / "documents.db")

    for n in range(20):
        written = await one.upsert(JOBS, job(n=n))
        assert await other.get(JOBS, "ada", "job-1") == written

    await one.close()
    await other.close()
