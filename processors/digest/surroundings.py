"""Surroundings, which all digests of a run share: the moods of the last weeks, and the newest scraped items."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from processors.digest.matching import Index
from processors.digest.ports import Mood, Moods
from processors.digest.words import words_of
from shared import clock
from shared.documents.containers import SCRAPED_ITEMS
from shared.documents.ids import sha256
from shared.documents.port import Body, Documents
from shared.jobs.runs.slots import Slot

WEEKS = 4
MOST_MOODS = 100
MOST_ITEMS = 50_000
ITEMS_FROM = timedelta(days=14)
_ITEMS_A_BREATH = 200


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Bounded, whatever the store holds. `moods_hash` is of what a digest depends on of the moods."""

    by_mood: Index[Mood]
    items: Index[Body]
    moods_hash: str


def of(moods: Iterable[Mood], items: Iterable[tuple[Body, frozenset[str]]]) -> Surroundings:
    """Return surroundings of moods, and of items with their words."""
    weighty = sorted(moods, key=lambda mood: (-mood.items, mood.name, mood.id))[:MOST_MOODS]
    suiting = sorted(weighty, key=lambda mood: (-mood.items, mood.id))
    by_mood = Index((mood, words_of(*mood.texts)) for mood in suiting)
    by_item = Index(sorted(items, key=lambda item: str(item[0]["id"])))
    return Surroundings(by_mood, by_item, hash_of([[mood.id, mood.name, mood.items] for mood in weighty]))


def hash_of(value: Any) -> str:
    """Return a hash of JSON that tells whether it is the same again."""
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False))[:24]


async def read(documents: Documents, slot: Slot, moods_of: Moods) -> Surroundings:
    """Return the surroundings of a slot's digests."""
    weeks = {clock.iso_week(slot.at - timedelta(weeks=back)) for back in range(WEEKS)}
    moods = await moods_of(documents, weeks)
    query = documents.query(
        SCRAPED_ITEMS,
        where=[
            ("scrapedAt", ">=", clock.to_text(slot.at - ITEMS_FROM)),
            ("duplicateOf", "exists", False),
        ],
        order_by="-scrapedAt",
        select=["id", "sourceId", "title", "text", "url", "priceMicro", "currency", "imageHash", "scrapedAt"],
        limit=MOST_ITEMS,
    )
    items = []
    async for document in query:
        body = document.body
        text = body.pop("text")  # the longest part by far, and only its words are needed
        items.append((body, words_of(body["title"], text)))
        if len(items) % _ITEMS_A_BREATH == 0:
            await asyncio.sleep(0)
    return of(moods, items)
