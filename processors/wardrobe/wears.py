"""Wear counts: one event per (user, item, instant), and the count is read from the events."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from shared import clock, users
from shared.documents.compare_and_set import contended, create_new, in_rounds
from shared.documents.containers import WARDROBE, WEAR_EVENTS
from shared.documents.ids import compound
from shared.documents.port import Body, Condition, Documents
from shared.errors import Conflict, UsageError


async def wear(documents: Documents, user: str, item: str, at: str) -> Body:
    """Note that a user wore an item at an instant (as text); return the item. Noting it twice counts once.

    Raises UsageError for an item that the user doesn't own, or an instant to come.
    """
    if at > clock.text_now():
        raise UsageError(f"{at} is still to come. Note what was worn.", code="instant_to_come")
    if await documents.get(WARDROBE, user, item) is None:
        raise UsageError(f"{user} owns no {item!r}.", code="item_not_owned", fields={"user": user})
    await users.register(documents, user)
    event = {"id": compound(item, at), "userId": user, "itemId": item, "wornAt": at, "schemaVersion": 1}
    with suppress(Conflict):  # noted before
        await create_new(documents, WEAR_EVENTS, event)
    return await recount(documents, user, item)


async def recount(documents: Documents, user: str, item: str) -> Body:
    """Bring an item's wearCount and lastWornAt up to its events: ETag first, then the events, then replace-if-match."""

    async def recounted() -> Body:
        standing = await documents.get(WARDROBE, user, item)
        if standing is None:
            raise UsageError(f"{user} owns no {item!r} any more.", code="item_not_owned", fields={"user": user})
        # An event in between is told by whoever wrote it: its own recount meets ours, or our replace meets its.
        mine: list[Condition] = [("itemId", "=", item)]
        count = await documents.count(WEAR_EVENTS, partition=user, where=mine)
        query = documents.query(WEAR_EVENTS, partition=user, where=mine, order_by="-wornAt", select=["wornAt"], limit=1)
        last = [document.body["wornAt"] async for document in query]
        news: dict[str, Any] = {"wearCount": count, "lastWornAt": max(last, default=None)}
        if all(standing.body.get(name) == value for name, value in news.items()):
            return standing.body
        return (await documents.replace(WARDROBE, {**standing.body, **news}, standing.etag)).body

    return await in_rounds(recounted, contended(WARDROBE, item))
