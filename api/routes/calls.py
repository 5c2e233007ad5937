"""Calls: taking in call attempts, in any order, as often as one likes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Body
from pydantic import Field

from api import routing
from api.params import By, With
from api.routing import route
from api.schemas import Size
from api.tallies import Failure, failure
from operations import calls
from operations.answers import Page
from operations.calls import Call, TakenIn
from operations.lines import Line

MOST = 500
routes = routing.router("calls")


@dataclass(frozen=True, slots=True)
class ToldCall:
    """What became of one call: taken in, or known as it is or newer; `error` says why neither."""

    index: int
    answer: Literal["taken", "known"] | None
    clamped: tuple[str, ...]
    error: Failure | None


@route(
    routes,
    "POST",
    "/calls",
    answers=Page[ToldCall],
    takes=Annotated[list[Call], Size(MOST)],
    takes_example=[
        {"call_id": "c1", "merchantId": "m1", "status": "FINISHED", "initiatedAt": "2026-11-23T09:00:00.000Z"}
    ],
)
async def take_in_calls(
    services: With,
    by: By,
    told: Annotated[Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST)], Body()],
) -> Page[ToldCall]:
    """Take in up to 500 call attempts; the later updatedAt of a call_id wins."""
    lines = [Line(number, dict(members)) for number, members in enumerate(told)]
    found = [_told(taken) async for taken in calls.import_calls(services.documents, by, lines)]
    return Page(tuple(sorted(found, key=lambda one: one.index)))


def _told(taken: TakenIn) -> ToldCall:
    error = failure(taken.error) if taken.error is not None else None
    return ToldCall(taken.line, taken.what, taken.clamped, error)
