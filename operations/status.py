"""Status: queues and how deep they are, jobs by state with the oldest of each, open dead letters."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from operations import storage
from operations.actor import Actor
from operations.jobs import IS_JOB
from processors.catalogue import registry
from shared.clock_check import report
from shared.config import Settings
from shared.documents.containers import JOBS
from shared.documents.port import Documents
from shared.errors import NightshiftError, NotFound
from shared.jobs.record import ENDED, LIVE
from shared.services import open_queues


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How many messages a queue holds; None with the `error` that prevented knowing it."""

    name: str
    depth: int | None
    error: NightshiftError | None


@dataclass(frozen=True, slots=True)
class Oldest:
    """The oldest job in a state, and since when it is in it."""

    id: str
    since: str


@dataclass(frozen=True, slots=True)
class JobCount:
    """How many jobs are in a state."""

    state: str
    count: int
    oldest: Oldest | None


@dataclass(frozen=True, slots=True)
class OpenLetters:
    """How many dead letters are open, and when the oldest failed last."""

    open: int
    oldest: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """How the app is doing."""

    queues: tuple[QueueDepth, ...]
    jobs: tuple[JobCount, ...]
    dead_letters: OpenLetters
    clocks: dict[str, Any]
    """This machine's clock as the queue service's sees it (`here`), and `workers` whose clock is off."""


async def read(documents: Documents, settings: Settings, by: Actor) -> Status:
    """Return how the app is doing. A queue service that fails is said of each queue."""
    by.require("reader")
    queues, clocks = await _storage(documents, settings)
    jobs = tuple([await _jobs(documents, state) for state in (*LIVE, *ENDED)])
    return Status(queues, jobs, await _open_letters(documents), clocks)


async def _storage(documents: Documents, settings: Settings) -> tuple[tuple[QueueDepth, ...], dict[str, Any]]:
    """Return the queues' depths, and what is known of clocks, for which the queue service is asked the time."""
    names = [name for kind in registry(settings) for name in (kind.queue, kind.poison_queue)]
    try:
        await asyncio.to_thread(storage.require_local, settings)
        queues = open_queues(settings)
    except NightshiftError as error:
        return tuple(QueueDepth(name, None, error) for name in names), await report(documents, None, settings)
    try:
        depths = tuple([await _depth(queues, name) for name in names])
        return depths, await report(documents, queues, settings)
    finally:
        await queues.close()


async def _depth(queues: Any, name: str) -> QueueDepth:
    try:
        depth = await queues.depth(name)
    except NightshiftError as failure:
        return QueueDepth(name, None, failure)
    missing = NotFound(f"There is no queue {name!r}.", code="queue_missing") if depth is None else None
    return QueueDepth(name, depth, missing)


async def _jobs(documents: Documents, state: str) -> JobCount:
    since = "generationBegan" if state in LIVE else "endedAt"
    where: Any = [("status", "=", state), IS_JOB]
    oldest = documents.query(JOBS, where=where, order_by=since, select=("id", since), limit=1)
    first = [Oldest(document.body["id"], document.body[since]) async for document in oldest]
    return JobCount(state, await documents.count(JOBS, where=where), first[0] if first else None)


async def _open_letters(documents: Documents) -> OpenLetters:
    where: Any = [("status", "=", "dead")]
    oldest = documents.query(JOBS, where=where, order_by="lastFailedAt", select=("lastFailedAt",), limit=1)
    first = [document.body["lastFailedAt"] async for document in oldest]
    return OpenLetters(await documents.count(JOBS, where=where), first[0] if first else None)
