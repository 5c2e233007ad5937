"""Pickup rates: a scope's rates, evaluating what is due, and the numbers by which each scope is watched."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict

from api import backtests, conditional, routing
from api.backtests import ANSWER, ASKED, EXAMPLE, Tried, answer_of
from api.params import By, Instant, With
from api.routing import Answer, route
from operations import pickup_backtest, pickup_rate
from operations.answers import Page
from operations.pickup_rate import Numbers, Rates

Scope = Annotated[
    str, Query(min_length=1, max_length=300, description="global, merchant:ID or reseller:ID.", examples=["global"])
]
Lookback = Annotated[int | None, Query(ge=60, le=31 * 86_400)]
Exact = Annotated[bool, Query(description="Count the calls themselves, to the instant, instead of roll-ups.")]
routes = routing.router("pickup-rate")


class Said(BaseModel):
    """Numbers to change; null: inherit again."""

    model_config = ConfigDict(extra="allow")


@route(routes, "GET", "/pickup-rate/rates", answers=Rates)
async def show_rates(
    services: With,
    by: By,
    scope: Scope,
    lookback_seconds: Lookback = None,
    at: Instant | None = None,
    exact: Exact = False,
) -> Rates:
    """Show a scope's rates in the window that ends at an instant (default: now)."""
    return await pickup_rate.rates(
        services.documents,
        services.settings,
        by,
        scope,
        lookback_seconds=lookback_seconds,
        at=at,
        exact=exact,
    )


@route(routes, "GET", "/pickup-rate/settings", answers=Page[Numbers])
async def show_numbers(
    services: With, by: By, scope: Annotated[str | None, Query(min_length=1, max_length=300)] = None
) -> Answer:
    """Show the numbers by which every scope is watched, or one. Of one the ETag is for If-Match."""
    found = await pickup_rate.numbers(services.documents, services.settings, by, scope=scope)
    return Answer(found, headers={"etag": _tag(found.items[0])} if scope is not None else {})


@route(routes, "PATCH", "/pickup-rate/settings", answers=Numbers, takes_etag=True)
async def set_numbers(request: Request, services: With, by: By, scope: Scope, said: Said) -> Answer:
    """Change some of a scope's numbers; null inherits again. A value that can't be changes nothing."""
    by.require("admin", pickup_rate.scope_of(scope))
    expected = None
    if "if-match" in request.headers:
        (standing,) = (await pickup_rate.numbers(services.documents, services.settings, by, scope=scope)).items
        conditional.check(request, _tag(standing))
        expected = standing.own
    changes: dict[str, Any] = said.model_dump()
    await pickup_rate.set_numbers(services.documents, by, scope, changes, expected=expected)
    (after,) = (await pickup_rate.numbers(services.documents, services.settings, by, scope=scope)).items
    return Answer(after, headers={"etag": _tag(after)})


@route(
    routes,
    "POST",
    "/pickup-rate/backtest",
    answers=ANSWER,
    example={**EXAMPLE, "name": "Pickup rate", "watched": "call rate of merchant:m1"},
    takes_example=ASKED,
)
async def backtest(services: With, by: By, scope: Scope, said: Tried) -> dict[str, Any]:
    """Tell what a scope's alert would have told in a range, with its numbers or others."""
    documents, settings, over, values = services.documents, services.settings, said.range(), said.values()
    if values is None:
        return answer_of(await pickup_backtest.replay(documents, settings, by, scope, over, changes=said.set))
    swept = await pickup_backtest.sweep(
        documents, settings, by, scope, over, values, backtests.untold, changes=said.set
    )
    return answer_of(swept)


@route(routes, "POST", "/pickup-rate/evaluate", answers=dict[str, str])
async def evaluate(services: With, by: By) -> dict[str, str]:
    """Evaluate every scope that is due, and tell whom it concerns; answers the verdicts by scope."""
    return await pickup_rate.evaluate(services, by)


def _tag(numbers: Numbers) -> str:
    return conditional.tag_of(repr((sorted(numbers.numbers.items()), sorted(numbers.own.items()))).encode())
