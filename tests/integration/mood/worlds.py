"""Scraped items, and a worker that finds moods in them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from processors.scraper import enrich, items
from processors.scraper.entries import Entry
from shared.config import Settings
from shared.documents.containers import MOODS, RAW_MOODS
from shared.documents.port import Body
from shared.jobs.runs.ledger import Entry as LedgerEntry
from shared.usage.budget import Caller
from tests.integration.jobs.worlds import MovingClock
from tests.workload_world import WorkloadWorld

PLACES = ("beach", "coast", "island", "sea", "lagoon")


def looks() -> list[Entry]:
    """Return 60 entries of three moods, published over three weeks."""
    words = [
        ("Tropical linen dress", "White linen and sandals"),
        ("Punk leather jacket", "Black biker boots"),
        ("Varsity cable knit sweater", "Navy campus look"),
    ]
    return [
        Entry(
            f"https://mag.example/{n}",
            f"{title} no {n}",
            f"{text} at the {PLACES[n % 5]}",
            published_at=f"2026-11-{1 + n % 21:02}T08:00:00.000Z",
        )
        for n, (title, text) in enumerate(words * 20)
    ]


class MoodWorld(WorkloadWorld):
    """A worker of the moods' runs."""

    def __init__(self, time: MovingClock, settings: Settings | None = None, **more: Any) -> None:
        super().__init__(settings or Settings(), time, **more)

    async def scraped(self, entries: Iterable[Entry], *, source: str = "mag", seed: int | None = None) -> None:
        """Bring entries into the store as the scraper does, in an order of its own."""
        shuffled = list(entries)
        if seed is not None:
            random.Random(seed).shuffle(shuffled)
        await items.store(self.documents, {"id": source, "sourceType": "rss"}, shuffled)
        await enrich.embed_missing(self.documents, self.services.embedder, source, Caller("test", 0))
        self.time.advance(3600)

    async def find(self, day: str | None = None, *, force: bool = False) -> LedgerEntry:
        """Run the moods of a day (default: the latest); return its entry in the ledger."""
        return await self.run("moods", day, force=force)

    async def moods(self) -> list[Body]:
        """Return the stored moods, by id."""
        return await self.all(MOODS)

    async def raw(self) -> list[Body]:
        """Return what the chunks found."""
        return await self.all(RAW_MOODS)

    async def support(self) -> dict[str, int]:
        """Return how many items support each mood, by name."""
        return {body["name"]: sum(body["trend"].values()) for body in await self.moods()}
