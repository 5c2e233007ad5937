"""Digests: a user's week, what the user thinks of it, and whether digests are wanted."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api import routing
from api.params import By, UserInPath, With
from api.routing import route
from operations import digests, users
from operations.answers import Page
from operations.digests import ListedDigest, Verdict

Week = Annotated[
    str | None, Query(pattern=r"^\d{4}-W\d{2}$", description="An ISO week, such as 2026-W48. Default: the newest.")
]
routes = routing.router("digests")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; sandbox"
_DIGEST = {"type": "object", "additionalProperties": True, "description": "docs/schemas/digest.schema.json"}


class Feedback(BaseModel):
    """What a user thinks of an item of the newest digest."""

    model_config = ConfigDict(extra="forbid")

    item: Annotated[str, Field(min_length=1, max_length=512)]
    verdict: Verdict


class Preferences(BaseModel):
    """Whether a user wants digests."""

    model_config = ConfigDict(extra="forbid")

    wantsDigests: bool  # noqa: N815 - JSON's own name


@route(routes, "GET", "/digests/{user}", answers=Page[ListedDigest])
async def list_digests(services: With, by: By, user: UserInPath) -> Page[ListedDigest]:
    """List which digests there are of a user, the latest week first."""
    return await digests.search(services.documents, by, user)


@route(routes, "GET", "/digests/{user}/latest", answers=_DIGEST)
async def show_digest(services: With, by: By, user: UserInPath, week: Week = None) -> dict[str, Any]:
    """Show a user's newest digest, or that of a week."""
    return (await digests.get(services.documents, by, user, week=week)).digest


@route(routes, "GET", "/digests/{user}/latest/html", answers={"type": "string"}, media_type="text/html")
async def show_digest_page(services: With, by: By, user: UserInPath, week: Week = None) -> Response:
    """Show a user's newest digest, or that of a week, as a page."""
    found = await digests.get(services.documents, by, user, week=week)
    content = (await digests.files(services, by, user, found))[found.html]
    return Response(content, media_type="text/html", headers={"content-security-policy": _POLICY})


@route(routes, "POST", "/digests/{user}/feedback", answers=dict[str, Any])
async def give_feedback(services: With, by: By, user: UserInPath, feedback: Feedback) -> dict[str, Any]:
    """Note what a user thinks of an item of the newest digest; the last word on an item counts."""
    noted = await digests.give_feedback(services.documents, by, user, feedback.item, feedback.verdict)
    return {name: noted[name] for name in ("item", "title", "verdict", "week", "updatedAt")}


@route(routes, "PUT", "/digests/{user}/preferences", answers=Preferences)
async def set_preferences(services: With, by: By, user: UserInPath, said: Preferences) -> dict[str, Any]:
    """Note whether a user wants digests; the last word counts."""
    await users.want_digests(services.documents, by, user, wants=said.wantsDigests)
    return {"wantsDigests": said.wantsDigests}
