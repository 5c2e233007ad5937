"""Parameters that routes share: who asks and with what, ids in paths, owners in queries, pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from pydantic import AfterValidator, BeforeValidator
from starlette.requests import Request

from api import cursors, exchange, ids
from api.world import World
from operations.actor import Actor
from operations.answers import Page
from shared import clock, outside_ids
from shared.services import Services

MOST_OF_A_PAGE = 200


async def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


async def _services(request: Request) -> Services:
    world: World = request.app.state.world
    return world.services


async def _actor(request: Request) -> Actor:
    actor = exchange.of(request.scope).actor
    assert actor is not None, "the edge has let nobody in"
    return actor


def _plain(text: str) -> str:
    """Return a text from outside. Raises ValueError for control characters and the like."""
    problem = outside_ids.problem_of(text)
    if problem:
        raise ValueError(problem)
    return text


TheWorld = Annotated[World, Depends(_world)]
With = Annotated[Services, Depends(_services)]
By = Annotated[Actor, Depends(_actor)]

Id = Annotated[
    str,
    Path(
        description="An id: as it is when it has only A-Z a-z 0-9 . _ : @ | -, else ~ and its UTF-8 in base64url.",
        json_schema_extra={"pattern": ids.PATTERN},
        examples=["c1646e67"],
    ),
    AfterValidator(ids.decoded),
]
"""The id of a job, a rule, a source and so on in a path."""
UserInPath = Annotated[
    str,
    Path(
        description="A user's id: as it is when it has only A-Z a-z 0-9 . _ : @ | -, else ~ and its UTF-8 in "
        "base64url.",
        json_schema_extra={"pattern": ids.PATTERN},
        examples=["ada"],
    ),
    AfterValidator(ids.decoded),
    AfterValidator(_plain),
]
UserFilter = Annotated[
    str | None,
    Query(
        description="Whose. A caller that may see one user's things only must name that user.",
        min_length=1,
        max_length=outside_ids.MAX_CHARACTERS,
        examples=["ada"],
    ),
    AfterValidator(lambda text: text if text is None else _plain(text)),
]
ClientFilter = Annotated[
    str | None,
    Query(
        description="Whose rules: a client's. Default: the app's own.",
        min_length=1,
        max_length=outside_ids.MAX_CHARACTERS,
        examples=["shop"],
    ),
    AfterValidator(lambda text: text if text is None else _plain(text)),
]
Word = Annotated[str | None, Query(max_length=200)]
"""A filter by a name."""
Why = Annotated[str | None, Query(description="Why. Kept in the timeline.", max_length=500)]


def instant(text: object) -> object:
    """Return an instant as a datetime. Raises ValueError for what has no offset."""
    return clock.parse(text) if isinstance(text, str) else text


Instant = Annotated[
    datetime,
    BeforeValidator(instant),
    Query(description="An instant with an offset, such as 2026-11-23T09:00:00.000Z."),
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page is wanted: at most `limit` things, behind the place `after`."""

    limit: int
    after: str | None
    request: Request

    def page(self, found: Page[Any]) -> Page[Any]:
        """Return a page with its `next` as a cursor."""
        return Page(found.items, cursors.made(self.request, found.next))


async def _wanted(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MOST_OF_A_PAGE, description="How many at most.")] = 50,
    cursor: Annotated[
        str | None, Query(description="`next` of the page before. Filters stay the same.", max_length=64_000)
    ] = None,
) -> Wanted:
    return Wanted(limit, cursors.given(request, cursor), request)


Paging = Annotated[Wanted, Depends(_wanted)]
