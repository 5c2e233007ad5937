"""Gathering: what is read for a look, at a cost that follows queues, runs and timers, and never the jobs.

Nothing is consumed. What the queues or the metrics can't tell just now is unknown, with the reason; without the store
there is no look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from processors.health import dead_letters, depth
from processors.health.check import Unknown
from processors.health.dead_letters import Ended, Ingress
from processors.health.depth import Depth
from processors.health.memory import Memory
from processors.health.runs import SeenRun
from processors.health.seen import Seen
from processors.health.unfinished import Oldest
from processors.health.watched import Watched, WatchedQueue, WatchedRun
from shared import clock, heartbeats, measures
from shared.documents.containers import JOBS, RUNS, SCHEDULER_STATE
from shared.documents.port import Body, Condition, Documents
from shared.errors import NightshiftError
from shared.jobs import worker_heartbeats
from shared.jobs.gates import Gate, Gates
from shared.jobs.record import ENDED
from shared.jobs.runs.ledger import held_of
from shared.measures import Ask, Measured, Period
from shared.queues.port import Queues
from shared.rollups import marks
from shared.services import Services
from shared.usage.places import APP

ENTRIES = 30
"""Newest entries of the ledger that are read of each run: its history."""


@dataclass(frozen=True, slots=True)
class Basics:
    """What the memory is made of."""

    at: datetime
    depths: Mapping[str, int | Unknown]
    oldest: Oldest
    gates: list[Gate]


async def basics(services: Services, watched: Watched) -> Basics:
    """Return depths, the oldest unfinished job, and the closed gates. Raises Unavailable when the store fails."""
    at = clock.now()
    depths = await depths_of(services.queues, [name for queue in watched.queues for name in (queue.name, queue.poison)])
    return Basics(at, depths, await oldest_unfinished(services.documents), await Gates(services.documents).all())


async def gather(services: Services, watched: Watched, first: Basics, memory: Memory) -> Seen:
    """Return all that a look sees; `memory` is that of this look. Raises Unavailable when the store fails."""
    documents = services.documents
    states = {document.body["id"]: document.body async for document in documents.query(SCHEDULER_STATE)}
    beats = await heartbeats.all_of(documents)
    return Seen(
        at=first.at,
        runs=[await seen_run(documents, run, states.get(run.definition.name)) for run in watched.runs],
        queues=watched.queues,
        depths=first.depths,
        completes=await _completing(documents, watched.queues, memory.depths),
        oldest=first.oldest,
        ingress=await ingress(services, watched, Period(first.at - dead_letters.WINDOW, first.at)),
        gates=first.gates,
        paused=await watched.paused_sources(documents),
        spent=await watched.spent_today(documents),
        oldest_mark=await oldest_mark(documents),
        beats=beats,
        host=worker_heartbeats.seen_in(beats, first.at),
    )


async def depths_of(queues: Queues, names: Sequence[str]) -> dict[str, int | Unknown]:
    """Return how many messages each queue holds."""

    async def one(name: str) -> int | Unknown:
        try:
            held = await queues.depth(name)
        except NightshiftError as error:
            return Unknown(str(error))
        return Unknown(f"There is no queue {name!r}") if held is None else held

    return dict(zip(names, await asyncio.gather(*map(one, names)), strict=True))


async def oldest_unfinished(documents: Documents) -> Oldest:
    """Return the job that is unfinished longest."""
    has_it: Condition = ("unfinishedSince", ">", "")  # so that the index isn't walked past all that have ended
    query = documents.query(
        JOBS, where=[has_it], order_by="unfinishedSince", select=("kind", "unfinishedSince"), limit=1
    )
    found = [document.body async for document in query]
    return (
        Oldest(clock.now(), found[0]["kind"], clock.parse(found[0]["unfinishedSince"]))
        if found
        else Oldest(clock.now())
    )


async def oldest_mark(documents: Documents) -> datetime | None:
    """Return since when that is dirty which waits longest to be recomputed."""
    found = await marks.oldest(documents, None)
    return found.since if found else None


async def seen_run(documents: Documents, run: WatchedRun, state: Body | None) -> SeenRun:
    """Return what is seen of a run; `state` is its schedule's."""
    definition = run.definition
    slots = definition.slots
    known = state is not None and state["schedule"] == slots.schedule.expression
    ran: list[Condition] = [("status", "!=", "missed"), ("forOne", "exists", False)]
    query = documents.query(RUNS, partition=definition.name, where=ran, order_by="-slotAt", limit=ENTRIES)
    entries = tuple([held_of(document).entry async for document in query])
    active = clock.parse(state["activatedAt"]) if known and state else None
    return SeenRun(definition.name, slots, definition.deadline, active, entries, run.queue)


async def ingress(services: Services, watched: Watched, window: Period, kind: str | None = None) -> Ingress | Unknown:
    """Return how many jobs ended in a window and the one before it, and died; of one kind or of all."""
    of_kind = {"project": kind} if kind else {}
    asks = [
        Ask(watched.jobs_ended, f"org:{APP}", one, {**of_kind, **tag})
        for one in (window, window.before)
        for tag in ({"tag": "dead"}, {})
    ]
    try:
        found = [_count(reading) for reading in await measures.read(services, asks)]
    except NightshiftError as error:
        return Unknown(str(error))
    return Ingress(Ended(found[0], found[1]), Ended(found[2], found[3]))


def _count(reading: measures.Reading) -> int:
    return round(reading.value) if isinstance(reading, Measured) else 0


async def _completing(
    documents: Documents, queues: Sequence[WatchedQueue], looks: Mapping[str, tuple[Depth, ...]]
) -> frozenset[str]:
    """Return the growing queues of which something completed since the first of their looks."""
    found = set()
    for queue in queues:
        of_queue = looks.get(queue.name, ())
        if queue.recorded and depth.grows(of_queue) and await _completed(documents, queue.kind, of_queue[0].at):
            found.add(queue.name)
    return frozenset(found)


async def _completed(documents: Documents, kind: str, since: datetime) -> bool:
    text = clock.to_text(since)
    # By what changed lately: asked for the status, the store would go through all that ever completed.
    otherwise: list[Condition] = [("status", "!=", status) for status in ENDED if status != "completed"]
    where: list[Condition] = [("updatedAt", ">=", text), ("endedAt", ">=", text), ("kind", "=", kind), *otherwise]
    query = documents.query(JOBS, where=where, order_by="-updatedAt", select=("id",), limit=1)
    return bool([document async for document in query])
