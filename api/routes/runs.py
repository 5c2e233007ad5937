"""Runs: which there are, opening one by hand, cancelling one; and when timers fire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Body, Query
from pydantic import BaseModel, ConfigDict, Field

from api import routing
from api.params import By, Id, Instant, Paging, Why, With, Word
from api.routing import route
from operations import runs, timers
from operations.answers import Page
from operations.runs import CancelledRun, Run
from operations.timers import Timer

routes = routing.router("runs")


@dataclass(frozen=True, slots=True)
class OpenedRun:
    """What asking for a run came to, and its state as far as known."""

    answer: Literal["accepted", "duplicate"]
    id: str
    status: str


class Start(BaseModel):
    """Which slot (default: the latest), whether though it has run before, and for which user only."""

    model_config = ConfigDict(extra="forbid")

    slot: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    force: bool = False
    user: Annotated[str, Field(min_length=1, max_length=512)] | None = None


@route(routes, "GET", "/runs", answers=Page[Run])
async def list_runs(services: With, by: By, wanted: Paging, name: Word = None, state: Word = None) -> Page[Run]:
    """List runs, those of the latest slots first."""
    return wanted.page(
        await runs.search(services.documents, by, name=name, state=state, limit=wanted.limit, after=wanted.after)
    )


@route(routes, "GET", "/runs/missed", answers=Page[Run])
async def list_missed_runs(
    services: With, by: By, wanted: Paging, name: Word = None, since: Instant | None = None
) -> Page[Run]:
    """List the slots whose timer didn't fire, those caught up by a later run included."""
    return wanted.page(
        await runs.missed(services.documents, by, name=name, since=since, limit=wanted.limit, after=wanted.after)
    )


@route(routes, "GET", "/runs/{id}", answers=Run)
async def show_run(services: With, by: By, id: Id) -> Run:
    """Show a run, such as digest|2026-W48; a name alone means its latest run."""
    return await runs.get(services.documents, by, id)


@route(routes, "POST", "/runs/{id}/start", answers=OpenedRun, status=202)
async def start_run(services: With, by: By, id: Id, how: Annotated[Start | None, Body()] = None) -> OpenedRun:
    """Open the run of that name, of a slot."""
    how = how or Start()
    opened = await runs.start(services, by, id, slot=how.slot, force=how.force, user=how.user)
    return OpenedRun(opened.what, opened.id, opened.status)


@route(routes, "POST", "/runs/{id}/cancel", answers=CancelledRun)
async def cancel_run(services: With, by: By, id: Id, why: Why = None) -> CancelledRun:
    """Cancel a run that hasn't ended, with every shard of it that hasn't."""
    return await runs.cancel(services, by, id, why=why)


@route(routes, "GET", "/timers", answers=Page[Timer])
async def list_timers(
    services: With, by: By, name: Word = None, count: Annotated[int, Query(ge=1, le=50)] = 3
) -> Page[Timer]:
    """List every timer with its next firings and how the last one went."""
    return await timers.all_timers(services.documents, services.settings, by, name=name, count=count)
