"""Backfill of metrics: what would be made anew, having it made, and what that changed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from operations.actor import EVERYTHING, Actor
from processors.catalogue import run_definitions
from processors.metrics import backfill, folding, registry
from processors.metrics.backfill import ALL, Backfill
from processors.metrics.backfill import asked as asked
from processors.metrics.buckets import Bucket
from processors.metrics.rows import SHAPE
from shared.documents.containers import ROLLUP_WORK, ROLLUPS
from shared.documents.port import Condition, Documents
from shared.jobs.runs.opening import Opened, open_run
from shared.services import Services

_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Marked:
    """What one partition of events has to do with: marks, by the tier that is recomputed first."""

    org: str
    kind: str
    by_tier: dict[str, int]


@dataclass(frozen=True, slots=True)
class Contents:
    """What the rows of a tier hold: how many rows that aren't empty, their keys, and events that they count."""

    rows: int = 0
    keys: int = 0
    events: int = 0


@dataclass(slots=True)
class Totals:
    """What the roll-ups of a range hold, by tier."""

    by_tier: dict[str, Contents] = field(default_factory=dict)


async def preview(documents: Documents, by: Actor, wanted: Backfill) -> AsyncIterator[Marked]:
    """Yield what a backfill would mark, partition by partition. Writes nothing."""
    by.require("reader", _scope(wanted))
    async for place in backfill.places(documents, wanted):
        dirty = await backfill.dirty_of(documents, wanted, place)
        yield Marked(place.org, place.kind, dict(Counter(mark.bucket.partition("|")[0] for mark in dirty)))


async def start(services: Services, by: Actor, wanted: Backfill, *, force: bool = False) -> Opened:
    """Open the run of a backfill; one that is under way, or was done, is a duplicate unless it is forced."""
    by.require("operator", _scope(wanted))
    definition = run_definitions(services.settings).named(backfill.NAME)
    return await open_run(services, definition, wanted.slot, trigger="manual", by=by.name, force=force)


async def left(services: Services, by: Actor, wanted: Backfill, limit_seconds: float) -> AsyncIterator[int]:
    """Yield how many marks are left, again and again until there are none or the time is up."""
    by.require("reader", _scope(wanted))
    where: list[Condition] = [("kind", "in", sorted(registry.SOURCES))]
    where += [] if wanted.org == ALL else [("orgId", "=", wanted.org)]
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limit_seconds
    while True:
        count = await services.documents.count(ROLLUP_WORK, where=where)
        yield count
        if count == 0 or loop.time() >= deadline:
            return
        await asyncio.sleep(_LOOK_SECONDS)


async def contents(documents: Documents, by: Actor, wanted: Backfill) -> Totals:
    """Return what the roll-ups hold now of the tiers and the range of a backfill."""
    by.require("reader", _scope(wanted))
    found = Totals()
    for tier in wanted.tiers:
        first, end = Bucket(tier, wanted.begin), Bucket(tier, wanted.end)
        where: list[Condition] = [("bucketKey", ">=", first.key), ("bucketKey", "<", end.key)]
        if wanted.org != ALL:
            where.append(("orgId", "=", wanted.org))
        rows = keys = events = 0
        async for document in documents.query(ROLLUPS, where=where):
            tallies = list(folding.read(SHAPE.present(document.body)))
            rows, keys = rows + bool(tallies), keys + len(tallies)
            events += sum(tally.count for _, tally in tallies)
        found.by_tier[tier] = Contents(rows, keys, events)
    return found


def _scope(wanted: Backfill) -> str:
    return EVERYTHING if wanted.org == ALL else f"org:{wanted.org}"
