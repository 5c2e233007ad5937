"""Taste profiles, and the pictures that they are made from."""

from __future__ import annotations

from typing import Any

from api import routing
from api.params import By, UserInPath, With
from api.routing import route
from operations import profiles
from operations.answers import Page, page

routes = routing.router("profiles")
_PROFILE = {"type": "object", "additionalProperties": True, "description": "docs/schemas/taste-profile.schema.json"}


@route(routes, "GET", "/profiles/{user}", answers=_PROFILE)
async def show_profile(services: With, by: By, user: UserInPath) -> dict[str, Any]:
    """Show a user's taste profile (docs/schemas/taste-profile.schema.json)."""
    return _own(await profiles.get(services.documents, by, user))


@route(routes, "GET", "/profiles/{user}/evidence", answers=Page[dict[str, Any]])
async def show_evidence(services: With, by: By, user: UserInPath) -> Page[dict[str, Any]]:
    """List the newest pictures that a user's taste profile is made from."""
    return page(_own(one) for one in await profiles.evidence(services.documents, by, user))


def _own(body: dict[str, Any]) -> dict[str, Any]:
    """Return a document without what only the store cares about."""
    return {name: value for name, value in body.items() if name != "ttl" and not name.startswith("_")}
