"""Stored mood: what is kept of it, and what does a run's group change in it?

`weeks` holds the ids of the items that support it, by ISO week; the trend is how many distinct ones there are. An item
counts once in a mood, in the week in which it was seen first. Ids of old weeks are let go; their counts stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from itertools import chain
from typing import Any, Literal

from processors.mood.found import FACETS, distinct
from processors.mood.names import Group
from shared import clock, skew
from shared.documents.compare_and_set import change
from shared.documents.containers import MOODS
from shared.documents.port import Body, Documents
from shared.errors import PreconditionFailed
from shared.jobs.runs.slots import Slot
from shared.models.embeddings import encoded

WEEKS_WITH_ITEMS = 26
MAX_SOURCES = 50
_SUB_MOODS = 4

Decision = Body | Literal["new", "undecided"]
"""The stored mood that a group is; or that it is a new one; or that this can't be told yet."""


SeenItems = Mapping[str, Mapping[str, str]]
"""Of each of a run's items its source and its week."""


async def all_of(documents: Documents) -> list[Body]:
    """Return every stored mood, in an order that doesn't depend on the store."""
    found = [document.body async for document in documents.query(MOODS)]
    return sorted(found, key=lambda body: (body["primaryMood"], body["name"], body["id"]))


def mood_id(primary: str, name: str) -> str:
    """Return the id of the mood first stored under that name."""
    return hashlib.sha256(f"{primary}|{name}".encode()).hexdigest()[:16]


async def write(
    documents: Documents,
    group: Group,
    decision: Decision,
    seen: SeenItems,
    slot: Slot,
    model: str,
) -> None:
    """Bring a group into the mood that it is. `model` is what made its vectors.

    Moods that were stored for lack of a vector, and turn out to be another, end in that one.
    """
    pending = [name.pending for name in group.names if name.pending is not None]
    target = decision if isinstance(decision, dict) else pending[0] if pending else _fresh(group, slot)
    vector = group.best.vector if decision == "new" else None
    absorbed = [body for body in pending if body["id"] != target["id"]]

    def made(standing: Body | None) -> Body:
        body = dict(standing or target)
        weeks = [body["weeks"], *(one["weeks"] for one in absorbed), _weeks(group, seen)]
        body["weeks"] = _united(weeks)
        counted = {week: len(items) for week, items in body["weeks"].items()}
        body["trend"] = dict(sorted({**body["trend"], **counted}.items()))
        body["weeks"] = dict(sorted(body["weeks"].items())[-WEEKS_WITH_ITEMS:])
        sources = {seen[item]["source"] for raw in group.raws for item in raw.items if item in seen}
        absorbed_sources = chain.from_iterable(one["sources"] for one in absorbed)
        body["sources"] = sorted({*body["sources"], *absorbed_sources, *sources})[:MAX_SOURCES]
        if group.raws and clock.to_text(slot.at) >= skew.believed(body["asOf"]):
            body |= _looks(group) | {"asOf": clock.to_text(slot.at)}
        if vector is not None:
            body |= {"embedding": encoded(vector), "embeddingModel": model}
        return body

    await change(documents, MOODS, target["primaryMood"], target["id"], made)
    for body in absorbed:
        await _delete(documents, body, model)


def newest_weeks(count: int) -> list[str]:
    """Return the last `count` ISO weeks, this one last."""
    now = clock.now()
    return [clock.iso_week(now - timedelta(weeks=back)) for back in reversed(range(count))]


def _fresh(group: Group, slot: Slot) -> Body:
    primary, name = group.best.primary, group.best.name
    return {
        "id": mood_id(primary, name),
        "primaryMood": primary,
        "name": name,
        "weeks": {},
        "trend": {},
        "sources": [],
        "firstSeenAt": clock.to_text(slot.at),
        "asOf": "",
        "schemaVersion": 1,
    }


def _looks(group: Group) -> dict[str, Any]:
    """Return how the mood looks now: by its best supported raw moods."""
    raws = group.raws
    return {
        "description": raws[0].description,
        "subMoods": distinct(chain.from_iterable(raw.sub_moods for raw in raws), _SUB_MOODS),
        "signals": {facet: distinct(chain.from_iterable(raw.signals[facet] for raw in raws)) for facet in FACETS},
    }


def _weeks(group: Group, seen: SeenItems) -> dict[str, list[str]]:
    weeks: dict[str, list[str]] = {}
    for item in sorted({item for raw in group.raws for item in raw.items if item in seen}):
        weeks.setdefault(seen[item]["week"], []).append(item)
    return weeks


def _united(parts: list[Mapping[str, list[str]]]) -> dict[str, list[str]]:
    """Return the union of weeks; an item that is in several stays in the one that names it first."""
    first: dict[str, str] = {}
    for weeks in parts:
        for week in sorted(weeks):
            for item in weeks[week]:
                first.setdefault(item, week)
    united: dict[str, list[str]] = {}
    for item, week in sorted(first.items()):
        united.setdefault(week, []).append(item)
    return united


async def _delete(documents: Documents, body: Body, model: str) -> None:
    """Delete a mood that is another's now, unless it has been settled on its own meanwhile."""
    standing = await documents.get(MOODS, body["primaryMood"], body["id"])
    if standing is None or standing.body.get("embeddingModel") == model:
        return
    try:
        await documents.delete(MOODS, body["primaryMood"], body["id"], standing.etag)
    except PreconditionFailed:
        return  # somebody has just written it: the next run meets it again
