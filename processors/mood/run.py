"""The moods' run: the items since the last run that completed, in chunks; then the names that they were given."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from itertools import islice
from typing import Any

from processors.mood.canonical import canonicalise
from processors.mood.kind import mood_kind
from shared import clock
from shared.config import Settings
from shared.documents.containers import RAW_MOODS, RUNS, SCRAPED_ITEMS
from shared.errors import Transient
from shared.jobs.runs.definition import Page, Run, RunDefinition, Shard, Totals
from shared.jobs.runs.ledger import Ledger
from shared.jobs.scopes import of_run
from shared.schedules import Schedule

NAME = "moods"
CHUNK = 25
OVERLAP = timedelta(minutes=10)
"""How much of the window before is looked at again: an item is written a little later than it says."""


def mood_run(settings: Settings) -> RunDefinition:
    """Return the run `moods`."""
    return RunDefinition(
        name=NAME,
        timer="PluckItMoodProcessor",
        schedule=Schedule("0 0 6 * * *"),
        slot_form="day",
        plan=plan,
        shard_kind=mood_kind,
        fan_in=fan_in,
        about="finds moods in the items since the last run, and their trends",
        catch_up="once",
    )


async def plan(run: Run, cursor: str | None) -> Page:
    """Return the chunks of the window's items, in an order that doesn't depend on when they came.

    Pictures and contents that are there twice count once. A chunk's id is made from its items, so that planning again
    finds it.
    """
    where: list[Any] = [("scrapedAt", "<", await _until(run)), ("duplicateOf", "exists", False)]
    since = await _since(run)
    if since is not None:
        where.append(("scrapedAt", ">=", since))
    by_content: dict[str, tuple[str, str]] = {}
    query = run.services.documents.query(
        SCRAPED_ITEMS, where=where, order_by="scrapedAt", select=["id", "sourceId", "contentHash"]
    )
    async for document in query:
        key = (document.body["id"], document.body["sourceId"])
        content = document.body["contentHash"]
        by_content[content] = min(key, by_content.get(content, key))
    distinct = dict(sorted(by_content.values(), reverse=True))
    ordered = iter(sorted(distinct.items()))
    shards = []
    while chunk := [[source, key] for key, source in islice(ordered, CHUNK)]:
        named = hashlib.sha256("|".join(key for _, key in chunk).encode()).hexdigest()[:16]
        shards.append(Shard(named, {"items": chunk}))
    return Page(shards)


async def fan_in(run: Run, totals: Totals) -> Mapping[str, int]:
    """Bring the chunks' moods together with each other and with those that are stored; return what came of it."""
    chunks = [document.body async for document in run.services.documents.query(RAW_MOODS, partition=of_run(run.id))]
    chunks.sort(key=lambda chunk: str(chunk["id"]))
    return await canonicalise(run, chunks)


async def _until(run: Run) -> str:
    """Return the end of the window: when the run's planning began, however often it is planned."""
    held = await Ledger(run.services.documents).get(run.name, run.id)
    if held is None or held.entry.planning_at is None:
        raise Transient(f"The ledger doesn't know when {run.id} began", code="ledger_behind", dependency="store")
    return clock.to_text(held.entry.planning_at)


async def _since(run: Run) -> str | None:
    """Return the end of the window of the last earlier slot whose chunks all completed; None when there is none.

    One with failed chunks isn't it: their items are looked at again.
    """
    earlier: list[Any] = [("status", "=", "completed"), ("slotAt", "<", clock.to_text(run.slot.at))]
    query = run.services.documents.query(
        RUNS, partition=run.name, where=earlier, order_by="-slotAt", select=["planningAt", "slotAt"], limit=1
    )
    async for document in query:
        return clock.to_text(clock.parse(document.body["planningAt"]) - OVERLAP)
    return None
