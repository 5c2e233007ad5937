"""Scraped items: how does an entry become an item, and which items are there already?

An item is what is at one address, or a part of it. Its id is the canonical address's hash, so that a second scrape
finds it; its content hash tells whether it has changed, and shows the same content under another address. What another
source already brought isn't stored again. Items are kept while their source shows them, and 30 days more.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from processors.scraper.addresses import canonical, identity
from processors.scraper.entries import Entry
from shared import clock, skew
from shared.documents.compare_and_set import change, create_new
from shared.documents.containers import SCRAPED_ITEMS
from shared.documents.port import Body, Documents
from shared.errors import Conflict

KEPT = timedelta(days=30)
SEEN_EVERY = timedelta(days=7)
"""An item that is shown again is written again after so long, so that the store keeps it."""
AT_ONCE = 8
_ASKED_AT_ONCE = 100
_OF_THE_ENTRY = ("url", "title", "text", "imageUrl", "priceMicro", "currency", "publishedAt", "contentHash")
_OF_THE_TEXT = ("embedding", "embeddingModel")
_OF_THE_PICTURE = ("imageHash", "imageBands", "imageError", "duplicateOf", "thumbnail")

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Taken:
    """What comes of a source's entries: its items in their order, those of them that stand in the store already (by id,
    as they stand there), and how many were duplicates: shown twice, or brought by another source.
    """

    items: list[Body]
    standing: dict[str, Body]
    duplicates: int


def item_of(source: Body, entry: Entry, now: str) -> Body:
    """Return the document of an entry first seen at `now`. What is to be published later counts as published now."""
    body: dict[str, Any] = {
        "id": identity(entry.url, entry.part),
        "sourceId": source["id"],
        "sourceType": source["sourceType"],
        "url": entry.url,
        "title": entry.title,
        "text": entry.text,
        "imageUrl": entry.image_url or None,
        "priceMicro": entry.price_micro,
        "currency": entry.currency or None,
        "publishedAt": min(entry.published_at, now) if entry.published_at else None,
        "contentHash": content_hash(entry),
        "scrapedAt": now,
        "seenAt": now,
        "schemaVersion": 1,
        "ttl": int(KEPT.total_seconds()),
    }
    return {name: value for name, value in body.items() if value is not None}


def content_hash(entry: Entry) -> str:
    """Return the hash of all that an entry shows but its address and its date."""
    picture = canonical(entry.image_url) if entry.image_url else ""
    shown = [entry.title, entry.text, picture, entry.price_micro, entry.currency]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()[:32]


async def store(documents: Documents, source: Body, entries: Sequence[Entry]) -> Counter[str]:
    """Bring a source's entries into the store; return how many were new, updated, known, or duplicates.

    Writing them twice changes nothing the second time.
    """
    taken = await to_take(documents, source, entries)
    counts = Counter(listed=len(entries), duplicate=taken.duplicates)
    again_from = clock.text_now(-SEEN_EVERY)
    new = [body for body in taken.items if body["id"] not in taken.standing]
    again = [
        body
        for body in taken.items
        if (standing := taken.standing.get(body["id"])) is not None
        and (standing["contentHash"] != body["contentHash"] or skew.believed(standing["seenAt"]) < again_from)
    ]
    for batch in _batches(new, AT_ONCE):
        counts.update(await asyncio.gather(*(_create(documents, body) for body in batch)))
    for batch in _batches(again, AT_ONCE):
        counts.update(await asyncio.gather(*(_renew(documents, body) for body in batch)))
    counts["known"] = len(taken.standing) - counts["updated"]
    return counts


async def to_take(documents: Documents, source: Body, entries: Sequence[Entry]) -> Taken:
    """Return which items a source brings, and which of its entries show what is there already. Writes nothing."""
    now = clock.text_now()
    shown: dict[str, Body] = {}
    for entry in entries:
        body = item_of(source, entry, now)
        shown.setdefault(body["id"], body)
    standing = await _standing(documents, source["id"], list(shown))
    taken = await _taken(documents, [body for key, body in shown.items() if key not in standing])
    items = []
    for key, body in shown.items():
        if key not in standing:
            if {key, body["contentHash"]} & taken:
                continue
            taken.add(body["contentHash"])
        items.append(body)
    return Taken(items, standing, len(entries) - len(items))


async def _standing(documents: Documents, source_id: str, keys: Sequence[str]) -> dict[str, Body]:
    """Return those of a source's items that have these ids."""
    found: dict[str, Body] = {}
    for batch in _batches(keys, _ASKED_AT_ONCE):
        async for document in documents.query(
            SCRAPED_ITEMS, partition=source_id, where=[("id", "in", list(batch))],
            select=["id", "contentHash", "seenAt"],
        ):  # fmt: skip
            found[document.body["id"]] = document.body
    return found


async def _taken(documents: Documents, fresh: Sequence[Body]) -> set[str]:
    """Return the ids and content hashes of `fresh`, which its source hasn't brought yet, that stored items have."""
    taken: set[str] = set()
    for batch in _batches(fresh, _ASKED_AT_ONCE):
        for member in ("id", "contentHash"):
            wanted = [body[member] for body in batch]
            async for document in documents.query(SCRAPED_ITEMS, where=[(member, "in", wanted)], select=[member]):
                taken.add(document.body[member])
    return taken


async def _create(documents: Documents, body: Body) -> str:
    try:
        await create_new(documents, SCRAPED_ITEMS, body)
    except Conflict:
        return "known"  # another handling of this shard wrote it meanwhile
    return "new"


async def _renew(documents: Documents, body: Body) -> str:
    """Write what a source shows now over what it showed; what was made of text or picture goes when that changed."""
    what = "new"

    def made(before: Body | None) -> Body:
        nonlocal what
        if before is None:
            return body
        what = "updated" if before["contentHash"] != body["contentHash"] else "seen"
        gone = set(_OF_THE_ENTRY)
        if (before["title"], before["text"]) != (body["title"], body["text"]):
            gone.update(_OF_THE_TEXT)
        if before.get("imageUrl") != body.get("imageUrl"):
            gone.update(_OF_THE_PICTURE)
        kept = {name: value for name, value in before.items() if name not in gone}
        return {**kept, **{name: body[name] for name in _OF_THE_ENTRY if name in body}, "seenAt": body["seenAt"]}

    await change(documents, SCRAPED_ITEMS, body["sourceId"], body["id"], made)
    return what


def _batches(things: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for at in range(0, len(things), size):
        yield things[at : at + size]
