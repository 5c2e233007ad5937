"""What is made of items beside their text: vectors, and hashes and thumbnails of their pictures.

Both are made of what stands in the store without them, so that what failed or was killed is made up for by the next
handling or the next run.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable

from processors.scraper.hosts import Hosts
from processors.scraper.pictures import bands, difference_hash, near, thumbnail
from shared.documents.compare_and_set import change
from shared.documents.containers import SCRAPED_ITEMS
from shared.documents.port import Body, Documents
from shared.errors import Permanent, Transient, Unavailable
from shared.models.embeddings import Embedder, encoded
from shared.usage.budget import Caller
from shared.web.exchange import PICTURE_TYPES, Fetched, Wanted

TEXTS_AT_ONCE = 256
_WRITES_AT_ONCE = 8
_TEXT_CHARACTERS = 600
PICTURES_A_RUN = 20
PICTURE_SECONDS = 75.0
"""Of one source's new pictures, so many are fetched in a run, for so long at most; the rest in the next one."""
COMPARED_A_PART = 100
"""So many of the pictures that share a part of the hash are compared: a placeholder may be there a thousand times."""
PLACEHOLDER = 3
"""A picture that so many items of one source share is its placeholder: it tells nothing of them."""
_PICTURES = Wanted(PICTURE_TYPES, 10 * 1024 * 1024)


async def embed_missing(documents: Documents, embedder: Embedder, source_id: str, caller: Caller) -> int:
    """Give a vector to each of a source's items that has none; return how many. Raises the failure's class."""
    query = documents.query(
        SCRAPED_ITEMS,
        partition=source_id,
        where=[("embedding", "exists", False)],
        select=["id", "sourceId", "title", "text"],
    )
    waiting = sorted([document.body async for document in query], key=lambda body: str(body["id"]))
    for at in range(0, len(waiting), TEXTS_AT_ONCE):
        batch = waiting[at : at + TEXTS_AT_ONCE]
        vectors = await embedder.embed([_told(body) for body in batch], caller)
        made = [{"embedding": encoded(vector), "embeddingModel": embedder.model} for vector in vectors]
        pairs = list(zip(batch, made, strict=True))
        for start in range(0, len(pairs), _WRITES_AT_ONCE):
            await asyncio.gather(
                *(_add(documents, body, news, still=_told) for body, news in pairs[start : start + _WRITES_AT_ONCE])
            )
    return len(waiting)


async def hash_pictures(documents: Documents, hosts: Hosts, source_id: str) -> Counter[str]:
    """Fetch and hash the pictures of a source's newest items that have none; mark those that show what is there.

    A picture that can't be had is noted on its item; one that may be had later is left for the next run.
    """
    query = documents.query(
        SCRAPED_ITEMS,
        partition=source_id,
        where=[("imageUrl", "exists", True), ("imageHash", "exists", False), ("imageError", "exists", False)],
        order_by="-scrapedAt",
        select=["id", "sourceId", "imageUrl", "scrapedAt"],
        limit=PICTURES_A_RUN,
    )
    waiting = [document.body async for document in query]
    counts: Counter[str] = Counter()
    if not waiting:
        return counts
    met: list[Body] = []
    deadline = time.monotonic() + PICTURE_SECONDS
    for body in waiting:
        if time.monotonic() > deadline:
            break
        try:
            fetched = await hosts.get(body["imageUrl"], _PICTURES)
            assert isinstance(fetched, Fetched)
            found = await asyncio.to_thread(difference_hash, fetched.body)
            small = await asyncio.to_thread(thumbnail, fetched.body)
            news: Body = {"imageHash": found, "imageBands": bands(found), "thumbnail": small}
        except Unavailable:
            raise
        except Permanent as error:
            news = {"imageError": error.code}
        except Transient:
            counts["pictures_later"] += 1
            continue
        if "imageHash" in news:
            mine = {**body, **news}
            twin = twin_of(mine, await _perhaps_near(documents, mine, met))
            if twin is not None:
                news["duplicateOf"] = twin["id"]
                counts["near_duplicate"] += 1
            met.append(mine)
        counts["pictures" if "imageHash" in news else "pictures_failed"] += 1
        await _add(documents, body, news, still=lambda one: str(one.get("imageUrl")))
    return counts


def twin_of(mine: Body, known: list[Body]) -> Body | None:
    """Return the earliest item that shows nearly the same picture; None when there is none, or it is a placeholder."""
    alike = [body for body in known if body["id"] != mine["id"] and near(body["imageHash"], mine["imageHash"])]
    if not alike or max(Counter(body["sourceId"] for body in alike).values()) >= PLACEHOLDER:
        return None
    return min(alike, key=lambda body: (body["scrapedAt"], body["id"]))


async def _perhaps_near(documents: Documents, mine: Body, met: list[Body]) -> list[Body]:
    """Return the newest items whose pictures share a part with mine, and the pictures met in this handling."""

    async def of_part(name: str, value: str) -> list[Body]:
        query = documents.query(
            SCRAPED_ITEMS,
            where=[(f"imageBands.{name}", "=", value), ("duplicateOf", "exists", False)],
            order_by="-scrapedAt",
            select=["id", "sourceId", "imageHash", "scrapedAt"],
            limit=COMPARED_A_PART,
        )
        return [document.body async for document in query]

    found = {body["id"]: body for body in met}
    for part in await asyncio.gather(*(of_part(*band) for band in mine["imageBands"].items())):
        for body in part:
            found.setdefault(body["id"], body)
    return list(found.values())


def _told(body: Body) -> str:
    return f"{body['title']}. {body['text'][:_TEXT_CHARACTERS]}"


async def _add(documents: Documents, body: Body, news: Body, *, still: Callable[[Body], str]) -> None:
    """Add `news` to an item, unless what they were made of has changed meanwhile."""

    def made(standing: Body | None) -> Body | None:
        return None if standing is None or still(standing) != still(body) else {**standing, **news}

    await change(documents, SCRAPED_ITEMS, body["sourceId"], body["id"], made)
