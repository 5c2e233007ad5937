"""A world for taste jobs in one process: real runtime, real handler and analyser, real store; pictures in memory."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterable
from io import BytesIO
from typing import Any, cast

from PIL import Image

from processors.taste import profile
from processors.taste.kind import taste_kind
from shared import clock
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.containers import TASTE_EVIDENCE, USER_PROFILES, WARDROBE, Container
from shared.documents.port import Document
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Permanent
from shared.jobs.outcome import Deferred, Outcome
from shared.jobs.record import JobKey, Record
from shared.jobs.runtime import Runtime
from shared.queues.memory import MemoryQueues
from shared.queues.port import Delivery
from shared.services import Services

SETTINGS = Settings()
SHELF = "http://pictures.test/wardrobe-images/"
COLOURS = {"red": (200, 20, 30), "navy": (15, 25, 80), "green": (20, 130, 50)}


def picture(colour: str) -> bytes:
    """Return a picture of one thing in that colour on white, as a PNG."""
    image = Image.new("RGB", (48, 48), (255, 255, 255))
    image.paste(COLOURS[colour], (12, 8, 36, 40))
    content = BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


class Shelf:
    """Pictures in memory, where the app reads blobs. A missing one is Permanent, as a missing blob is."""

    def __init__(self) -> None:
        self.pictures = {f"{colour}.png": picture(colour) for colour in COLOURS}
        self.read_count = 0

    def name_in(self, container: str, url: str) -> str | None:
        """See Blobs."""
        return url.removeprefix(SHELF) if url.startswith(SHELF) else None

    async def read(self, container: str, name: str) -> bytes:
        """See Blobs."""
        self.read_count += 1
        await asyncio.sleep(0)
        if name.split("?")[0] not in self.pictures:
            raise Permanent(f"There is no blob {name}", code="blob_missing", dependency="content")
        return self.pictures[name.split("?")[0]]


class CountingDocuments(SqliteDocuments):
    """The store, counting the evidences that queries read."""

    evidences_read = 0

    async def query(self, container: Container, **asked: Any) -> AsyncIterator[Document]:
        """See SqliteDocuments."""
        async for document in super().query(container, **asked):
            self.evidences_read += container is TASTE_EVIDENCE
            yield document


class TasteWorld:
    """A worker of taste jobs. Several may share `documents` and `queues`, as processes do."""

    def __init__(self, documents: CountingDocuments | None = None, queues: MemoryQueues | None = None) -> None:
        self.documents = documents or CountingDocuments(":memory:")
        self.queues = queues or MemoryQueues()
        self.shelf = Shelf()
        self.services = Services(SETTINGS, self.documents, self.queues, cast(Blobs, self.shelf))
        self.runtime = Runtime(self.services)
        self.kind = taste_kind.__wrapped__(SETTINGS)  # one of its own, as in a process of its own
        self._numbers = itertools.count(1)

    async def like(self, item: str, **more: Any) -> Outcome:
        """Put ada's like of an item's red picture, with `more` members, and deliver it once."""
        return await self.deliver({"user_id": "ada", "item_id": item, "image_url": f"{SHELF}red.png", **more})

    async def deliver(self, members: dict[str, Any]) -> Outcome:
        """Deliver a message of these members once."""
        delivery = Delivery(
            SETTINGS.taste_queue, json.dumps(members).encode(), str(next(self._numbers)), "", 1, clock.now()
        )
        await self.queues.ensure(SETTINGS.taste_queue)
        try:
            return await self.runtime.deliver(self.kind, delivery)
        except Deferred as deferred:
            return deferred.outcome

    async def own(self, item: str, **more: Any) -> None:
        """Put an item into ada's wardrobe."""
        await self.documents.upsert(WARDROBE, {"id": item, "userId": "ada", **more})

    async def profile(self, user: str = "ada") -> dict[str, Any]:
        """Return a user's profile, which must be there."""
        document = await self.documents.get(USER_PROFILES, user, profile.PROFILE_ID)
        assert document is not None
        return document.body

    async def evidences(self, user: str = "ada") -> list[dict[str, Any]]:
        """Return a user's evidences, without counting them as read."""
        found = SqliteDocuments.query(self.documents, TASTE_EVIDENCE, partition=user)
        return [document.body async for document in found]

    async def record(self, user: str, job: str) -> Record | None:
        """Return a job's record."""
        held = await self.runtime.records.get(JobKey(user, job))
        return held.record if held else None


def weights(terms: Iterable[dict[str, Any]]) -> dict[str, float]:
    """Return a facet's weights by name."""
    return {term["name"]: term["weight"] for term in terms}
