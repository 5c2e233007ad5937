"""Handler of mood jobs: looks at one chunk of items. Its raw moods are written once, whatever happens to the job."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from pydantic import Field

from processors.mood import local
from processors.mood.found import Item, RawMood
from shared import clock
from shared.documents.compare_and_set import create_new
from shared.documents.containers import RAW_MOODS, SCRAPED_ITEMS
from shared.documents.port import Body, Documents
from shared.errors import Conflict
from shared.jobs import scopes
from shared.jobs.kinds import Job
from shared.jobs.runs.shards import ShardJob
from shared.models import embeddings
from shared.usage.budget import Caller

KEPT = timedelta(days=14)


class MoodJob(ShardJob):
    """One chunk of one run: the (source, id) of its items."""

    items: list[tuple[str, str]] = Field(min_length=1)


async def handle(job: Job, payload: MoodJob) -> None:
    """Find the raw moods of a chunk. Raises the failure's class; a chunk that has been looked at isn't again."""
    documents = job.services.documents
    scope = scopes.of_run(payload.run)
    if await documents.get(RAW_MOODS, scope, payload.shard) is not None:
        return
    bodies = await _items(documents, payload)
    items = [_item(body) for body in bodies]
    if not items:
        moods: list[RawMood] = []
    elif job.services.settings.mood_extractor == "openai":
        from processors.mood import by_model

        moods = await by_model.extract(job.services.model, Caller(job.key.id, job.generation), items)
    else:
        moods = await asyncio.to_thread(local.extract, items)
    body = {
        "id": payload.shard,
        "runId": scope,
        "moods": [mood.to_body() for mood in moods],
        "items": {body["id"]: {"source": body["sourceId"], "week": week_of(body)} for body in bodies},
        "at": clock.text_now(),
        "schemaVersion": 1,
        "ttl": int(KEPT.total_seconds()),
    }
    try:
        await create_new(documents, RAW_MOODS, body)
    except Conflict:
        return  # another handling was first, or the answer of our own write got lost


def week_of(item: Body) -> str:
    """Return the ISO week that an item counts in: of its publication if that is known, else of when it was found."""
    return clock.iso_week(clock.parse(item.get("publishedAt") or item["scrapedAt"]))


async def _items(documents: Documents, payload: MoodJob) -> list[Body]:
    """Return the chunk's items that are still there."""
    found = await asyncio.gather(*(documents.get(SCRAPED_ITEMS, source, key) for source, key in payload.items))
    return [document.body for document in found if document is not None]


def _item(body: Body) -> Item:
    # Only the local model's vectors are compared here, and only with each other.
    is_local = body.get("embeddingModel") == embeddings.LOCAL_MODEL
    vector = embeddings.decoded([body["embedding"]])[0] if is_local else None
    return Item(body["id"], body["title"], body["text"], vector)
