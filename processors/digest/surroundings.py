"""Surroundings, which all digests of a run share: the moods of the last weeks, and the newest scraped items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from processors.digest.ports import Mood, Moods
from processors.digest.words import words_of
from shared import clock
from shared.documents.containers import SCRAPED_ITEMS
from shared.documents.port import Body, Documents
from shared.jobs.runs.slots import Slot

WEEKS = 4
MOST_MOODS = 100
MOST_ITEMS = 500
ITEMS_FROM = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class MoodInfluence:
    """A mood of the last weeks, and its words."""

    mood: Mood
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class ItemInfluence:
    """A scraped item, and its words."""

    body: Body
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Bounded, whatever the store holds."""

    moods: tuple[MoodInfluence, ...]
    items: tuple[ItemInfluence, ...]

    def of_moods(self) -> list[Any]:
        """Return what a digest depends on of the moods."""
        return [[one.mood.id, one.mood.name, one.mood.items] for one in self.moods]


async def read(documents: Documents, slot: Slot, moods_of: Moods) -> Surroundings:
    """Return the surroundings of a slot's digests."""
    weeks = {clock.iso_week(slot.at - timedelta(weeks=back)) for back in range(WEEKS)}
    found = sorted(await moods_of(documents, weeks), key=lambda mood: (-mood.items, mood.name, mood.id))
    moods = [MoodInfluence(mood, words_of(*mood.texts)) for mood in found[:MOST_MOODS]]
    query = documents.query(
        SCRAPED_ITEMS,
        where=[
            ("scrapedAt", ">=", clock.to_text(slot.at - ITEMS_FROM)),
            ("duplicateOf", "exists", False),
        ],
        order_by="-scrapedAt",
        select=["id", "title", "text", "url", "priceMicro", "currency", "scrapedAt"],
        limit=MOST_ITEMS,
    )
    items = [
        ItemInfluence(document.body, words_of(document.body["title"], document.body["text"]))
        async for document in query
    ]
    return Surroundings(tuple(moods), tuple(items))
