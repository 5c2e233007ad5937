"""Benchmark of replay: how many dead letters does `nightshift dead-letters replay --all` replay a second?"""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from azure.storage.queue.aio import QueueClient

from bench.measuring import Measure, Result, Run
from bench.processes import PROJECT, STORAGE
from processors.taste.kind import taste_kind
from shared.config import Settings
from shared.documents.containers import JOBS
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Permanent
from shared.jobs import transitions
from shared.jobs.record import JobKey, to_body

LETTERS = 5000
_GONE = Permanent("There is no blob", code="blob_missing", dependency="content")


def measure(runs: int) -> Result:
    """Replay 5,000 dead letters in each run."""
    return Result(
        "replay",
        f"`nightshift dead-letters replay --all` of {LETTERS} dead taste jobs, from starting the command to its end: "
        "each payload validated, sent to a queue of Azurite, and its record written to a SQLite file.",
        "none set",
        (Measure("per_second", "letters/s", "replayed"), Measure("seconds", "s", "the whole command")),
        [_run() for _ in range(runs)],
    )


def _run() -> Run:
    queue = f"bench-replay-{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_make(Path(folder), queue))
        settings = {
            "NIGHTSHIFT_HOME": folder,
            "NIGHTSHIFT_SQLITE": "bench.sqlite3",
            "DOCUMENTS": "sqlite",
            "TASTE_JOB_QUEUE_NAME": queue,
        }
        environment = {**os.environ, **settings}
        for command in (("init",), ("dead-letters", "replay", "--all", "--json")):
            began = time.monotonic()
            subprocess.run(
                [sys.executable, "-m", "cli", *command],
                cwd=PROJECT, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            took = time.monotonic() - began
        asyncio.run(_check_and_delete(queue))
    return {"per_second": LETTERS / took, "seconds": took}


async def _make(folder: Path, queue: str) -> None:
    kind = replace(taste_kind(Settings()), queue=queue)
    documents = SqliteDocuments(folder / "bench.sqlite3")
    for number in range(LETTERS):
        job = f"job-{number:05}"
        payload = {"user_id": f"user-{number % 100}", "item_id": job, "image_url": "https://shop.example/1.png"}
        payload |= {"job_id": job, "createdAt": "2026-01-02T03:04:05.000Z", "signal": "up"}
        fresh = transitions.new_queued(kind, JobKey(payload["user_id"], job), payload, by="bench", traceparent=None)
        dead = transitions.dead(fresh, transitions.reason_of("taste", _GONE))
        await documents.create(JOBS, to_body(dead, f"write-{number}"))
    await documents.close()


async def _check_and_delete(queue: str) -> None:
    async with QueueClient.from_connection_string(os.environ[STORAGE], queue) as client:
        sent = (await client.get_queue_properties()).approximate_message_count
        await client.delete_queue()  # Azurite slows down for all queues by what any of them holds
    if sent != LETTERS:
        raise SystemExit(f"{sent} of {LETTERS} dead letters were sent.")
