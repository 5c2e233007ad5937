"""Benchmark of store calls: how many store and queue operations does a job take, and how long on each store?

Cosmos DB is the stand-in that the tests use: its operations count as the service's do, its times don't.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from bench import noop
from bench.measuring import Measure, Result, Run
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.port import Documents
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.producer import Producer
from shared.jobs.record_store import Records
from shared.jobs.runtime import Runtime
from shared.queues.memory import MemoryQueues
from shared.services import Services
from tests import cosmos_standin

JOBS = 200
_QUEUE = "bench"
_STORES = {"sqlite": "SQLite, a file", "cosmos": "Cosmos DB's stand-in"}
_WAYS = {
    "foreign": "a message of another producer, handled",
    "ours": "enqueued by our producer, and handled",
    "again": "the message of a completed job once more",
}


def measure(runs: int) -> Result:
    """Count on both stores."""
    with tempfile.TemporaryDirectory() as folder, cosmos_standin.running(Path(folder)) as endpoint:
        found = [asyncio.run(_run(Path(folder, str(number)), endpoint)) for number in range(runs)]
    return Result(
        "operations",
        f"{JOBS} recorded no-op jobs, one after the other, each in three ways: calls of the document port and of the "
        "queue by the app (receiving and deleting are the host's), and the time on a quiet store. Gates are read once "
        "in 2 s for all jobs.",
        "none set",
        tuple(
            Measure(f"{store}_{way}_{figure}", unit, f"{name}: {about}: {text}")
            for way, about in _WAYS.items()
            for store, name in _STORES.items()
            for figure, unit, text in (
                ("documents", "calls", "document operations"),
                ("queue", "calls", "queue operations"),
                ("ms", "ms", "time"),
            )
        ),
        found,
    )


async def _run(file: Path, endpoint: str) -> Run:
    found: dict[str, float] = {}
    for store, opened in (("sqlite", _sqlite(file)), ("cosmos", _cosmos(endpoint, file.name))):
        async with opened as documents:
            for figure, value in (await _ways(documents)).items():
                found[f"{store}_{figure}"] = value
    return found


async def _ways(documents: Documents) -> Run:
    counted, queues = _Counted(documents), _CountedQueues()
    await queues.ensure(_QUEUE)
    runtime = Runtime(Services(Settings(), cast(Documents, counted), queues, cast(Blobs, None)))
    producer = Producer(Records(cast(Documents, counted)), queues)
    kind = noop.kind_with(_QUEUE)
    bodies = noop.bodies(2 * JOBS)

    async def deliver() -> None:
        delivery = queues.receive(_QUEUE)
        assert delivery is not None
        await runtime.deliver(kind, delivery)
        queues.delete(delivery)

    async def foreign(body: str) -> None:
        queues.put(_QUEUE, body.encode())
        await deliver()

    async def ours(body: str) -> None:
        await producer.enqueue(kind, json.loads(body), by="bench")
        await deliver()

    found: dict[str, float] = {}
    ways = (("foreign", foreign, bodies[:JOBS]), ("ours", ours, bodies[JOBS:]), ("again", foreign, bodies[:JOBS]))
    for way, act, some in ways:
        calls, sent, took = await _spent(act, some, counted, queues)
        found |= {f"{way}_documents": calls, f"{way}_queue": sent, f"{way}_ms": took}
    return found


async def _spent(
    act: Callable[[str], Awaitable[None]], bodies: list[str], documents: _Counted, queues: _CountedQueues
) -> tuple[float, float, float]:
    documents.calls.clear()
    queues.calls = 0
    began = time.perf_counter()
    for body in bodies:
        await act(body)
    took = (time.perf_counter() - began) * 1000
    calls = sum(count for operation, count in documents.calls.items() if operation != "query")
    return calls / len(bodies), queues.calls / len(bodies), took / len(bodies)


class _Counted:
    """The document port, counting its calls by operation."""

    def __init__(self, inner: Documents) -> None:
        self._inner = inner
        self.calls: Counter[str] = Counter()

    def __getattr__(self, operation: str) -> Any:
        self.calls[operation] += 1
        return getattr(self._inner, operation)


class _CountedQueues(MemoryQueues):
    """Queues that count what the app asks of them."""

    calls = 0

    async def send(self, *arguments: Any, **more: Any) -> str:
        """See Queues."""
        self.calls += 1
        return await super().send(*arguments, **more)

    async def postpone(self, *arguments: Any) -> str:
        """See Queues."""
        self.calls += 1
        return await super().postpone(*arguments)


@asynccontextmanager
async def _sqlite(file: Path) -> AsyncIterator[Documents]:
    documents = SqliteDocuments(file)
    try:
        yield documents
    finally:
        await documents.close()


@asynccontextmanager
async def _cosmos(endpoint: str, database: str) -> AsyncIterator[Documents]:
    from shared.documents.cosmos import CosmosDocuments
    from shared.documents.cosmos_account import Account

    documents = CosmosDocuments(Account(endpoint, cosmos_standin.KEY, f"bench-{database}"))
    try:
        await documents.account.create_missing()
        yield documents
    finally:
        await documents.close()
