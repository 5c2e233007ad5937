"""Jobs: asking for taste analyses, what became of jobs, cancelling one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Body, Query, Request
from pydantic import Field

from api import exchange, routing
from api.exact import exactly
from api.params import By, Id, Paging, UserFilter, Why, With, Word
from api.problems import Problem, Stop, of_error
from api.routing import route
from api.schemas import Size
from api.tallies import Failure, failure
from operations import enqueue, jobs
from operations.actor import user_scope
from operations.answers import Page
from operations.enqueue import Enqueued, Line, TasteJob
from operations.jobs import Cancelled, ListedJob, ShownJob
from shared.errors import NightshiftError

MOST = 500
"""Jobs that one request may ask for."""
State = Literal["queued", "running", "waiting", "completed", "dead", "cancelled", "discarded"]
routes = routing.router("jobs")
_LIKE = {"user_id": "ada", "item_id": "hat", "image_url": "https://shop.example/hat.png", "signal": "up"}


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What asking for one job came to, by its place in the request; `error` says why there is none."""

    index: int
    answer: Literal["accepted", "duplicate"] | None
    id: str | None
    scope: str | None
    status: str | None
    generation: int | None
    clamped: tuple[str, ...]
    error: Failure | None


@route(
    routes,
    "POST",
    "/jobs/taste-analysis",
    answers=Page[AskedFor],
    status=202,
    takes=TasteJob | Annotated[list[TasteJob], Size(MOST)],
    takes_example=_LIKE,
    example={
        "items": [
            {
                "index": 0,
                "answer": "accepted",
                "id": "c1646e67",
                "scope": "ada",
                "status": "queued",
                "generation": 0,
                "clamped": [],
                "error": None,
            }
        ],
        "next": None,
    },
)
async def ask_for_taste_analysis(
    request: Request,
    services: With,
    by: By,
    likes: Annotated[dict[str, Any] | Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST)], Body()],
) -> Page[AskedFor]:
    """Ask for one taste analysis, or for up to 500.

    Each is accepted, a duplicate of one that was asked for before, or refused by itself. One that is alone, or all of
    them refused, is the problem 422.
    """
    asked = [likes] if isinstance(likes, dict) else likes
    for like in asked:
        by.require("producer", user_scope(str(like.get("user_id"))))
    trace = exchange.of(request.scope).traceparent
    lines = [Line(number, {"traceparent": trace, **like}) for number, like in enumerate(asked)]
    answers = [answer async for answer in enqueue.taste_lines(services, by, lines)]
    found = sorted((_told(answer) for answer in answers), key=lambda one: one.index)
    errors = [answer.error for answer in answers if answer.error is not None]
    if len(errors) == len(asked):
        raise Stop(_all_refused(errors))
    return Page(tuple(found))


@route(routes, "GET", "/jobs", answers=Page[ListedJob])
async def list_jobs(
    services: With,
    by: By,
    wanted: Paging,
    user: UserFilter = None,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
    kind: Word = None,
) -> Page[ListedJob]:
    """List jobs, the last changed first, each with why it isn't running."""
    found = await jobs.search(
        services.documents,
        services.settings,
        by,
        state=state,
        kind=kind,
        user=user,
        limit=wanted.limit,
        after=wanted.after,
    )
    return wanted.page(found)


@route(routes, "GET", "/jobs/{id}", answers=ShownJob)
async def show_job(services: With, by: By, id: Id, user: UserFilter = None) -> ShownJob:
    """Show all that is known of a job, and why it isn't running."""
    found = await jobs.get(services.documents, services.settings, by, id, user=user)
    exactly(id, found.id)
    return found


@route(routes, "POST", "/jobs/{id}/cancel", answers=Cancelled)
async def cancel_job(services: With, by: By, id: Id, user: UserFilter = None, why: Why = None) -> Cancelled:
    """Cancel a job that hasn't ended. A worker that runs it now writes nothing more."""
    by.require("operator", user_scope(user))
    found = await jobs.get(services.documents, services.settings, by, id, user=user)
    exactly(id, found.id)
    return await jobs.cancel(services, by, found.id, user=user, why=why)


def _told(answer: Enqueued) -> AskedFor:
    return AskedFor(
        index=answer.line or 0,
        answer=answer.answer if answer.answer != "sent" else None,
        id=answer.id,
        scope=answer.scope,
        status=answer.status,
        generation=answer.generation,
        clamped=answer.clamped,
        error=failure(answer.error) if answer.error is not None else None,
    )


def _all_refused(errors: list[NightshiftError]) -> Problem:
    """Return the problem of a request of which nothing was taken: the first one's."""
    first = of_error(errors[0])
    return Problem(422, first.code, first.detail, more=first.more)
