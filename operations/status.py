"""Status: a verdict, queues and how deep they are, jobs by state with the oldest of each, open dead letters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from operations import dead_letters, gates, storage
from operations.actor import Actor
from operations.gates import ClosedGate
from operations.jobs import IS_JOB
from operations.verdict import OpenLetters, QueueDepth, Remark, Seen, verdict
from processors.catalogue import registry
from shared import clock, heartbeats
from shared.clock_check import report
from shared.config import Settings
from shared.documents.containers import JOBS
from shared.documents.port import Condition, Documents
from shared.errors import NightshiftError, NotFound, Transient, Unavailable
from shared.jobs import worker_heartbeats
from shared.jobs.record import ENDED, LIVE
from shared.jobs.rescue import not_held
from shared.jobs.worker_heartbeats import HostSeen
from shared.queues.port import Queues
from shared.services import open_queues

CAUSES_OF = 300
"""So many dead letters, the last failed ones, are grouped by cause: a status must not read a million."""


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
class Status:
    """How the app is doing: a `verdict` in words, and what it was made of."""

    verdict: tuple[Remark, ...]
    host: HostSeen
    gates: tuple[ClosedGate, ...]
    queues: tuple[QueueDepth, ...]
    jobs: tuple[JobCount, ...]
    dead_letters: OpenLetters
    clocks: dict[str, Any]
    """This machine's clock as the queue service's sees it (`here`), and `workers` whose clock is off."""


async def read(documents: Documents, settings: Settings, by: Actor, *, queues: Queues | None = None) -> Status:
    """Return how the app is doing. A queue service that fails is said in the verdict and of each queue.

    `queues` None: they are opened for it.
    """
    by.require("reader")
    depths, clocks = await (_storage(documents, settings) if queues is None else _asked(documents, settings, queues))
    jobs = tuple([await _jobs(documents, state) for state in (*LIVE, *ENDED)])
    letters = await _open_letters(documents, by, next(row.count for row in jobs if row.state == "dead"))
    closed = (await gates.closed(documents, settings, by)).items
    now = clock.now()
    host, beats = await worker_heartbeats.seen(documents, now), await heartbeats.all_of(documents)
    overdue = await _overdue(documents, settings, closed)
    found = verdict(Seen(depths, clocks, host, closed, overdue, letters, beats, now))
    return Status(found, host, closed, depths, jobs, letters, clocks)


async def watch(
    documents: Documents, settings: Settings, by: Actor, *, every_seconds: float
) -> AsyncIterator[Status | NightshiftError]:
    """Yield how the app is doing, or what prevented knowing it, again and again until the iterator is closed."""
    by.require("reader")
    while True:
        try:
            yield await read(documents, settings, by)
        except Transient as error:
            yield error
        await asyncio.sleep(every_seconds)


async def _storage(documents: Documents, settings: Settings) -> tuple[tuple[QueueDepth, ...], dict[str, Any]]:
    """Return what `_asked` does, of queues that are opened for it; why each depth isn't known when they can't be."""
    try:
        await asyncio.to_thread(storage.require_local, settings)
        queues = open_queues(settings)
    except NightshiftError as error:
        depths = tuple(QueueDepth(name, None, error) for name in _names(settings))
        return depths, await report(documents, None, settings)
    try:
        return await _asked(documents, settings, queues)
    finally:
        await queues.close()


async def _asked(
    documents: Documents, settings: Settings, queues: Queues
) -> tuple[tuple[QueueDepth, ...], dict[str, Any]]:
    """Return the queues' depths, and what is known of clocks, for which the queue service is asked the time."""
    names = _names(settings)
    first = await _depth(queues, names[0])
    if isinstance(first.error, Unavailable):  # it would take the others as long to fail
        depths = [QueueDepth(name, None, first.error) for name in names]
        return tuple(depths), await report(documents, None, settings)
    others = await asyncio.gather(*(_depth(queues, name) for name in names[1:]))
    return (first, *others), await report(documents, queues, settings)


def _names(settings: Settings) -> list[str]:
    return [name for kind in registry(settings) for name in (kind.queue, kind.poison_queue)]


async def _depth(queues: Queues, name: str) -> QueueDepth:
    try:
        depth = await queues.depth(name)
    except NightshiftError as failure:
        return QueueDepth(name, None, failure)
    missing = NotFound(f"There is no queue {name!r}.", code="queue_missing") if depth is None else None
    return QueueDepth(name, depth, missing)


async def _jobs(documents: Documents, state: str) -> JobCount:
    # A dead job ended when it failed last: of those this is what the store has in order.
    since = "generationBegan" if state in LIVE else "lastFailedAt" if state == "dead" else "endedAt"
    where: Any = [("status", "=", state), IS_JOB]
    oldest = documents.query(JOBS, where=where, order_by=since, select=("id", since), limit=1)
    first = [Oldest(document.body["id"], document.body[since]) async for document in oldest]
    return JobCount(state, await documents.count(JOBS, where=where), first[0] if first else None)


async def _open_letters(documents: Documents, by: Actor, of_jobs: int) -> OpenLetters:
    where: Any = [("status", "=", "dead")]
    oldest = documents.query(JOBS, where=where, order_by="lastFailedAt", select=("lastFailedAt",), limit=1)
    first = [document.body["lastFailedAt"] async for document in oldest]
    count = await documents.count(JOBS, where=where)
    causes = await dead_letters.recent_causes(documents, by, limit=CAUSES_OF) if count else ()
    return OpenLetters(count, first[0] if first else None, of_jobs, max(0, count - of_jobs), causes)


async def _overdue(documents: Documents, settings: Settings, closed: tuple[ClosedGate, ...]) -> int:
    """Return how many jobs RescueJobs would wake now: those that a closed gate holds aren't overdue."""
    now = clock.now()
    shut = {gate.name for gate in closed if gate.due is None or gate.due > now}
    due: Condition = ("rescueAt", "<=", clock.to_text(now))
    counts = [await documents.count(JOBS, where=[due, *free]) for free in not_held(registry(settings), shut)]
    return sum(counts)
