"""Users, and a worker that makes their digests: a real store, real blobs; queues in memory."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from processors.digest import publish
from processors.wardrobe.wears import wear
from shared import clock, users
from shared.blobs.containers import DIGESTS as BLOBS
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.containers import (
    DIGEST_OUTCOMES,
    DIGESTS,
    MOODS,
    SCRAPED_ITEMS,
    USER_PROFILES,
    WARDROBE,
)
from shared.documents.port import Body
from shared.jobs.runs.ledger import Entry
from shared.jobs.runtime import Runtime
from shared.services import Services
from tests.integration.jobs.worlds import MovingClock
from tests.workload_world import WorkloadWorld


class DigestWorld(WorkloadWorld):
    """A worker of the digests' runs, whose blobs are in an account of the session's Azurite."""

    def __init__(self, time: MovingClock, storage: str, settings: Settings | None = None, **more: Any) -> None:
        super().__init__(settings or Settings(), time, **more)
        self.blobs = Blobs.from_connection_string(storage)
        self.services = Services(self.settings, self.documents, self.queues, self.blobs)
        self.runtime = Runtime(self.services)

    async def owns(self, user: str, *items: str, **more: Any) -> None:
        """Let a user own items; their ids are their titles."""
        await users.register(self.documents, user)
        for item in items:
            body = {"id": item, "userId": user, "title": item.replace("-", " "), "category": "Tops", **more}
            await self.documents.upsert(WARDROBE, {**body, "tags": [], "schemaVersion": 1})

    async def likes(self, user: str, **weights: float) -> None:
        """Give a user a taste profile."""
        await users.register(self.documents, user)
        terms = [{"name": name, "weight": weight, "likes": 1, "dislikes": 0} for name, weight in weights.items()]
        body = {"id": "taste-profile", "userId": user, "evidences": 1, "garments": terms, "schemaVersion": 1}
        await self.documents.upsert(USER_PROFILES, body)

    async def wears(self, user: str, item: str, *, days_ago: int = 3) -> None:
        """Let a user have worn an item."""
        await wear(self.documents, user, item, clock.text_now(-timedelta(days=days_ago)))

    async def is_in_the_air(self, name: str, *, items: int = 3) -> None:
        """Store a mood that so many items support this week."""
        signals = {"palette": ["#fafafa"], "patterns": [], "silhouettes": [], "fabrics": [], "keyPieces": []}
        body = {
            "id": f"mood-{name}", "primaryMood": "resort", "name": name, "description": f"{name}.", "subMoods": [],
            "signals": signals, "sources": [], "weeks": {}, "trend": {"2026-W48": items},
            "firstSeenAt": "2026-11-23T06:00:00.000Z", "schemaVersion": 1,
        }  # fmt: skip
        await self.documents.upsert(MOODS, body)

    async def is_found(self, key: str, title: str, **more: Any) -> None:
        """Store a scraped item."""
        body = {
            "id": key, "sourceId": "shop", "title": title, "text": "", "url": f"https://shop.example/{key}",
            "scrapedAt": clock.text_now(-timedelta(days=1)), "schemaVersion": 1, **more,
        }  # fmt: skip
        await self.documents.upsert(SCRAPED_ITEMS, body)

    async def digest(self, week: str | None = None, *, force: bool = False) -> Entry:
        """Run the digests of a week (default: the latest); return the run's entry in the ledger."""
        return await self.run("digest", week, force=force)

    async def digests(self, user: str) -> dict[str, Body]:
        """Return a user's digests by id."""
        found = [document.body async for document in self.documents.query(DIGESTS, partition=user)]
        return {body["id"]: body for body in found}

    async def came_of(self, run: str) -> dict[str, str]:
        """Return what came of each user in a run."""
        query = self.documents.query(DIGEST_OUTCOMES, where=[("runId", "=", run), ("userId", "exists", True)])
        return {document.body["userId"]: document.body["outcome"] async for document in query}

    async def blob(self, user: str, name: str) -> Any:
        """Return what a blob of a user holds, JSON read; None when it isn't there."""
        folder = publish.blob_names(user, "x", None).json.split("/")[0]
        found = await self.blobs.read_version(BLOBS, f"{folder}/{name}")
        if found is None:
            return None
        return json.loads(found[0]) if name.endswith(".json") else found[0].decode()
