"""Users: all that is kept of one, and forgetting it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from api import routing
from api.params import By, UserInPath, With
from api.routing import route
from operations import users

routes = routing.router("users")
_EXPORT = {"type": "object", "additionalProperties": True, "description": "Documents by container, and blobs."}


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was deleted, by what it was."""

    deleted: dict[str, int]


@route(routes, "GET", "/users/{user}/export", answers=_EXPORT)
async def export_user(services: With, by: By, user: UserInPath) -> dict[str, Any]:
    """Show all that is kept of a user, secrets of addresses masked."""
    return await users.export(services, by, user)


@route(routes, "DELETE", "/users/{user}", answers=Forgotten)
async def forget_user(services: With, by: By, user: UserInPath) -> Forgotten:
    """Delete all that is kept of a user, for good. Doing it again goes on where it ended."""
    return Forgotten(dict(Counter([what async for what in users.forget(services, by, user)])))
