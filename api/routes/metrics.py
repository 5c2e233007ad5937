"""Metrics: which there are, what they came to, taking in events, and having roll-ups made anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import Body, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api import routing
from api.params import By, Instant, With, Word
from api.routing import Answer, route
from api.schemas import Size
from api.tallies import Failure, failure
from operations import metrics, metrics_backfill, usage_events
from operations.answers import Page
from operations.lines import Line
from operations.metrics import Described, Question, State
from operations.usage_events import Event, Recorded
from shared import clock

MOST = 500
Tier = Literal["hour", "day", "month"]
routes = routing.router("metrics")
_SERIES: dict[str, Any] = {
    "type": "object",
    "additionalProperties": True,
    "properties": {"metrics": {"type": "array", "items": {"type": "object"}}, "complete_up_to": {"type": "string"}},
    "required": ["metrics", "complete_up_to"],
}
_ERRORS = {"partial_errors": {"type": "array", "items": {"type": "object"}}}
_LIVE = {
    **_SERIES,
    "properties": {**_SERIES["properties"], **_ERRORS},
    "required": [*_SERIES["required"], *_ERRORS],
}


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """What became of one event: recorded, or known as it is or newer; `error` says why neither."""

    index: int
    answer: Literal["recorded", "known"] | None
    clamped: tuple[str, ...]
    error: Failure | None


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What asking for a backfill came to (None: it was a dry run), and the marks that it would put, by tier."""

    answer: Literal["accepted", "duplicate"] | None
    id: str | None
    status: str | None
    marks: dict[str, int] | None


class Backfill(BaseModel):
    """What is made anew: the last `days`, of an organisation or of all, in these tiers."""

    model_config = ConfigDict(extra="forbid")

    org: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    days: Annotated[int, Field(ge=1, le=400)] = 1
    tiers: Annotated[list[Tier], Field(min_length=1, max_length=3)] = ["hour", "day", "month"]
    force: bool = False
    dryRun: bool = True  # noqa: N815 - JSON's own name


async def _question(
    org: Annotated[str, Query(min_length=1, max_length=256, description="The organisation; ~app is the app itself.")],
    metric: Word = None,
    project: Word = None,
    tag: Word = None,
    since: Annotated[Instant | None, Query(alias="from", description="Default: 7 days ago.")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Default: now.")] = None,
    granularity: Annotated[Literal["hour", "day", "month"] | None, Query()] = None,
    source: Annotated[Literal["auto", "hour", "day", "month"], Query()] = "auto",
    timezone: Annotated[str, Query(max_length=64)] = "UTC",
) -> Question:
    end = until or clock.now()
    return metrics.asked(
        org,
        since or end - timedelta(days=7),
        end,
        metric=metric,
        project=project,
        tag=tag,
        granularity=granularity,
        source=source,
        timezone=timezone,
    )


Asked = Annotated[Question, Depends(_question)]


@route(routes, "GET", "/metrics", answers=Page[Described])
async def list_metrics(by: By) -> Page[Described]:
    """List every metric."""
    return metrics.known(by)


@route(routes, "GET", "/metrics/state", answers=State)
async def show_state(services: With, by: By) -> State:
    """Show how far the roll-ups are."""
    return await metrics.state(services, by)


@route(routes, "GET", "/metrics/series", answers=_SERIES)
async def show_series(services: With, by: By, question: Asked) -> dict[str, Any]:
    """Show metrics bucket by bucket, from roll-ups."""
    return await metrics.read(services, by, question)


@route(routes, "GET", "/metrics/overview", answers=_SERIES)
async def show_overview(services: With, by: By, question: Asked) -> dict[str, Any]:
    """Show what every metric came to, and how that compares with the time before, as long."""
    return await metrics.overview(services, by, question)


@route(routes, "GET", "/metrics/summary", answers=_SERIES)
async def show_summary(services: With, by: By, question: Asked) -> dict[str, Any]:
    """Show what metrics came to in all, and by their largest projects and tags."""
    return await metrics.summary(services, by, question)


@route(routes, "GET", "/metrics/live", answers=_LIVE)
async def show_live(services: With, by: By, question: Asked) -> dict[str, Any]:
    """Show metrics by the events themselves; those that can't be read are in partial_errors."""
    return await metrics.read_live(services, by, question)


@route(
    routes,
    "POST",
    "/metrics/events",
    answers=Page[ToldEvent],
    takes=Annotated[list[Event], Size(MOST)],
    takes_example=[{"event_id": "e1", "orgId": "acme", "kind": "document", "occurredAt": "2026-11-23T09:00:00.000Z"}],
)
async def record_events(
    services: With,
    by: By,
    told: Annotated[Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST)], Body()],
) -> Page[ToldEvent]:
    """Record up to 500 usage events; the later updatedAt of an event stands."""
    lines = [Line(number, dict(members)) for number, members in enumerate(told)]
    return Page(tuple([_told(one) async for one in usage_events.record(services.documents, by, lines)]))


@route(routes, "POST", "/metrics/backfill", answers=Backfilled, status=202, also=(200,))
async def backfill(services: With, by: By, wanted: Backfill) -> Answer:
    """Have roll-ups made anew by a run: 202; unless `dryRun` is false only tell what would be marked: 200."""
    asked = metrics_backfill.asked(wanted.org, wanted.days, wanted.tiers)
    if wanted.dryRun:
        marks: Counter[str] = Counter()
        async for place in metrics_backfill.preview(services.documents, by, asked):
            marks.update(place.by_tier)
        return Answer(Backfilled(None, None, None, dict(marks)), 200)
    opened = await metrics_backfill.start(services, by, asked, force=wanted.force)
    return Answer(Backfilled(opened.what, opened.id, opened.status, None))


def _told(recorded: Recorded) -> ToldEvent:
    error = failure(recorded.error) if recorded.error is not None else None
    return ToldEvent(recorded.line, recorded.what, recorded.clamped, error)
