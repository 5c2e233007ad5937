"""Pickup rate: a scope's rate over time, what another threshold would have told, and who picks up least."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from api.console import backtests, ranges
from api.console.answering import command_line
from api.console.chart import Chart, Point
from api.console.page import Page
from api.console.visit import Visit, link
from operations import alerts, pickup_chart, pickup_rate
from operations.pickup_chart import Charted
from shared import clock
from shared.errors import NotFound

PATH = "/pickup-rate"
_DAYS, _MOST_DAYS = 14, 90
_MOST_TOLD, _MOST_SCOPES, _MOST_ROWS = 50, 50, 48


async def show(visit: Visit) -> Response:
    """Show a scope's rates."""
    documents, settings, by = visit.services.documents, visit.services.settings, visit.actor
    scope, days = visit.query.get("scope") or "global", ranges.days(visit, _DAYS, _MOST_DAYS)
    chosen, begin = ranges.number(visit.query.get("threshold")), ranges.last(visit, days)[0]
    over, trouble = pickup_chart.range_of(begin, visit.at), None
    try:
        charted: Charted | None = await pickup_chart.read(documents, settings, by, scope, over, threshold=chosen)
    except NotFound as error:
        charted, trouble = None, str(error)
    now = await pickup_rate.rates(documents, settings, by, scope)  # after the chart, which rolls up what is marked
    numbers = await pickup_rate.numbers(documents, settings, by, scope=None if by.may("reader") else scope)
    return visit.page(
        "pickup_rate.html",
        command=_command(scope, days, chosen),
        scope=scope,
        days=days,
        now=now,
        worst=now.facts["worst"],
        charted=charted,
        trouble=trouble,
        drawing=await _drawing(visit, charted) if charted else None,
        sentence=backtests.sentence(charted.chosen) if charted else None,
        remarks=backtests.remarks(charted.chosen) if charted else [],
        tried=[_tried(scope, days, value, one) for value, one in charted.tried] if charted else [],
        rows=charted.rates[-_MOST_ROWS:] if charted else (),
        numbers=numbers.items[:_MOST_SCOPES],
    )


def _command(scope: str, days: int, threshold: float | None) -> str:
    if threshold is None:
        return command_line("pickup-rate", "show", scope=scope)
    return command_line(
        "pickup-rate", "backtest", scope=scope, **{"from": f"{days}d", "set": f"threshold={threshold:g}"}
    )


async def _drawing(visit: Visit, charted: Charted) -> Chart:
    points = tuple(Point(one.at, one.percent, one.lower, one.upper) for one in charted.rates)
    drawing = backtests.drawing(charted.chosen, points=points)
    told: list[Any] = []
    if visit.actor.may("reader"):
        since = charted.chosen.begin
        found = await alerts.history(
            visit.services.documents, visit.actor, since, scope=charted.scope, limit=_MOST_TOLD
        )
        told = [(clock.parse(one.at), one.title) for one in found.items if one.rule == pickup_rate.RULE]
    return replace(drawing, told=tuple(told), lowest=0.0, highest=100.0, unit="%")


def _tried(scope: str, days: int, value: float, one: Any) -> dict[str, Any]:
    its = one.found
    return {
        "threshold": value,
        "alarms": its.alarms,
        "share": its.share,
        "href": link(PATH, scope=scope, days=str(days), threshold=f"{value:g}"),
    }


PAGES = (Page("GET", PATH, show),)
