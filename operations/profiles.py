"""Taste profiles: what is known of a user's taste, and from which pictures."""

from __future__ import annotations

from operations.actor import Actor, user_scope
from processors.taste.profile import NEWEST, PROFILE_ID
from shared.documents.containers import TASTE_EVIDENCE, USER_PROFILES
from shared.documents.port import Body, Documents
from shared.errors import NotFound


async def get(documents: Documents, by: Actor, user: str) -> Body:
    """Return a user's taste profile (docs/schemas/taste-profile.schema.json). Raises NotFound."""
    by.require("reader", user_scope(user))
    document = await documents.get(USER_PROFILES, user, PROFILE_ID)
    if document is None:
        raise NotFound(f"There is no taste profile of {user!r} yet.", code="profile_not_found", fields={"user": user})
    return document.body


async def evidence(documents: Documents, by: Actor, user: str) -> tuple[Body, ...]:
    """Return the newest pictures that a user's taste profile is made from."""
    by.require("reader", user_scope(user))
    found = documents.query(TASTE_EVIDENCE, partition=user, order_by="-order", limit=NEWEST)
    return tuple([piece.body async for piece in found])
