"""Surroundings, which all digests of a run share: the moods of the last weeks, and the newest scraped items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from processors.digest.words import words_of
from shared import clock
from shared.documents.containers import MOODS, SCRAPED_ITEMS
from shared.documents.port import Body, Documents
from shared.jobs.runs.slots import Slot

WEEKS = 4
MOST_MOODS = 100
MOST_ITEMS = 500
ITEMS_FROM = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Seen:
    """A mood or a scraped item, its words, and how many items support it (a mood) in the last weeks."""

    body: Body
    words: frozenset[str]
    items: int = 0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Bounded, whatever the store holds."""

    moods: tuple[Seen, ...]
    items: tuple[Seen, ...]

    def of_moods(self) -> list[Any]:
        """Return what a digest depends on of the moods."""
        return [[mood.body["id"], mood.body["name"], mood.items] for mood in self.moods]


async def read(documents: Documents, slot: Slot) -> Surroundings:
    """Return the surroundings of a slot's digests."""
    weeks = {clock.iso_week(slot.at - timedelta(weeks=back)) for back in range(WEEKS)}
    moods = []
    async for document in documents.query(MOODS):
        body = {name: value for name, value in document.body.items() if name not in ("embedding", "weeks")}
        count = sum(body["trend"].get(week, 0) for week in weeks)
        if count and "signals" in body:
            moods.append(Seen(body, _mood_words(body), count))
    moods.sort(key=lambda mood: (-mood.items, mood.body["name"], mood.body["id"]))
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
    items = [Seen(document.body, words_of(document.body["title"], document.body["text"])) async for document in query]
    return Surroundings(tuple(moods[:MOST_MOODS]), tuple(items))


def _mood_words(body: Body) -> frozenset[str]:
    signals = [value for facet, values in body["signals"].items() if facet != "palette" for value in values]
    return words_of(body["name"], body["primaryMood"], body["description"], *body["subMoods"], *signals)
