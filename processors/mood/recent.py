"""Moods that items supported lately, as other workloads see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from processors.mood.found import PALETTE
from shared.documents.containers import MOODS
from shared.documents.port import Body, Documents

_READ = ("id", "name", "primaryMood", "description", "subMoods", "signals", "trend")


@dataclass(frozen=True, slots=True)
class RecentMood:
    """A mood, and how many items supported it in the weeks that were asked about.

    `texts` are all texts whose words tell of it: its names, description and signals, but not its colours.
    """

    id: str
    name: str
    primary: str
    description: str
    palette: tuple[str, ...]
    texts: tuple[str, ...]
    items: int


async def recent_moods(documents: Documents, weeks: Collection[str]) -> list[RecentMood]:
    """Return the moods that items of these ISO weeks supported, in no order."""
    return [
        _mood(document.body, items)
        async for document in documents.query(MOODS, select=_READ)
        if "signals" in document.body and (items := sum(document.body["trend"].get(week, 0) for week in weeks))
    ]


def _mood(body: Body, items: int) -> RecentMood:
    signals = [value for facet, values in body["signals"].items() if facet != PALETTE for value in values]
    return RecentMood(
        id=body["id"],
        name=body["name"],
        primary=body["primaryMood"],
        description=body["description"],
        palette=tuple(body["signals"][PALETTE]),
        texts=(body["name"], body["primaryMood"], body["description"], *body["subMoods"], *signals),
        items=items,
    )
