"""Wardrobes: the items that users own; importing them with their pictures, and noting what was worn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from operations.actor import Actor, user_scope
from operations.answers import Page, page
from operations.pictures import Picture
from processors.wardrobe import checks, wears
from shared import lanes, users
from shared.blobs.containers import WARDROBE_IMAGES
from shared.documents.compare_and_set import change
from shared.documents.containers import WARDROBE
from shared.documents.ids import safe
from shared.documents.port import Body, Documents
from shared.errors import NightshiftError, Permanent, Refused
from shared.masking import masked_json
from shared.services import Services

SCHEMA_VERSION = 1
_THUMBNAIL = ".thumb.jpg"
Change = Literal["created", "updated", "known"]


@dataclass(frozen=True, slots=True)
class Item:
    """An item that a user owns. `price` is in micro-USD; None leaves open what isn't known."""

    id: str
    user: str
    title: str
    brand: str | None
    category: str | None
    tags: tuple[str, ...]
    price: int | None
    image_url: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One item to import, with its place in what it comes from, or what is wrong with it.

    `read_picture` gives a picture that is handed in; without it the item's image_url counts.
    """

    line: int
    item: Item | None = None
    read_picture: Callable[[], Awaitable[Picture]] | None = None
    problem: NightshiftError | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a row: created, updated, or known just so; None with the `error` that prevented it."""

    line: int
    what: Change | None = None
    error: NightshiftError | None = None


async def items_of(documents: Documents, by: Actor, user: str) -> Page[Body]:
    """Return a user's items, by id, secrets of addresses masked."""
    by.require("reader", user_scope(user))
    found = [masked_json(document.body) async for document in documents.query(WARDROBE, partition=user)]
    return page(sorted(found, key=lambda item: str(item["id"])))


async def wear(documents: Documents, by: Actor, user: str, item: str, at: str) -> Body:
    """Note that a user wore an item at an instant; return the item. Noting the same instant twice counts once."""
    by.require("producer", user_scope(user))
    worn: Body = masked_json(await wears.wear(documents, user, item, at))
    return worn


async def import_items(services: Services, by: Actor, rows: Iterable[Row]) -> AsyncIterator[Imported]:
    """Import items and their pictures, several at once; yield what became of each as it comes.

    An item that is there already keeps what the row leaves open. A bad row's error is in its answer.
    """
    by.require("producer")
    await services.blobs.ensure(WARDROBE_IMAGES)

    async def one(row: Row) -> Imported:
        try:
            if row.item is None:
                return Imported(row.line, error=row.problem)
            checks.check_id("item_id", row.item.id)
            checks.check_id("user_id", row.item.user)
            return Imported(row.line, await _write(services.documents, row.item, await _stored(services, row)))
        except (Refused, Permanent) as error:
            return Imported(row.line, error=error)

    async for imported in lanes.results(rows, lambda row: row.item.id if row.item else "", one):
        yield imported


@dataclass(frozen=True, slots=True)
class _Stored:
    """Where an item's picture is, and its thumbnail: the name of a blob beside it, if the picture is the app's own."""

    url: str | None
    thumbnail: str | None = None


async def _stored(services: Services, row: Row) -> _Stored:
    assert row.item is not None  # else there is nothing to import
    item = row.item
    if row.read_picture is None:
        if item.image_url is not None:
            checks.check_address(item.image_url)
        return _Stored(item.image_url)
    picture = await row.read_picture()
    extension, content_type = picture.kind
    await asyncio.to_thread(picture.check)
    small = await asyncio.to_thread(picture.thumbnail)
    base = f"{safe(item.user)}/{safe(item.id)}"
    url, _ = await asyncio.gather(
        services.blobs.write(WARDROBE_IMAGES, f"{base}.{extension}", picture.content, content_type),
        services.blobs.write(WARDROBE_IMAGES, f"{base}{_THUMBNAIL}", small, "image/jpeg"),
    )
    return _Stored(url, f"{base}{_THUMBNAIL}")


async def _write(documents: Documents, item: Item, picture: _Stored) -> Change:
    """Bring the item into the store, keeping what others wrote there; return what that changed."""
    said = {
        "id": item.id,
        "userId": item.user,
        "title": item.title,
        "brand": item.brand,
        "category": item.category,
        "tags": list(item.tags),
        "imageUrl": picture.url,
        **({"thumbnail": picture.thumbnail} if picture.thumbnail else {}),
        "priceMicroUsd": item.price,
        "schemaVersion": SCHEMA_VERSION,
    }
    what: Change = "created"

    def made(standing: Body | None) -> Body:
        nonlocal what
        kept = {name: value for name, value in (standing or {}).items() if name != "thumbnail"}
        body = {**kept, **said}
        what = "created" if standing is None else "known" if standing == body else "updated"
        return body

    await users.register(documents, item.user)
    await change(documents, WARDROBE, item.user, item.id, made)
    return what
