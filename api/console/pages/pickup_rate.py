"""Pickup rate: a scope's rate over time, what another threshold would have told, and who picks up least."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from api.console import backtests, ranges
from api.console.answering import command_line
from api.console.chart import Chart, Point
from api.console.page import Page
from api.console.visit import Visit, link
from api.problems import Problem, Stop
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
    own = next((one.own for one in numbers.items if one.scope == scope), {})
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
        own=json.dumps(own),
        store_command=_store_command(scope, charted.chosen_threshold) if charted else None,
        may_store=by.may("admin", pickup_rate.scope_of(scope)),
    )


async def store(visit: Visit) -> Response:
    """Store a threshold as a scope's own, unless its numbers have changed since the page was read."""
    form, scope = visit.form, visit.form.get("scope") or "global"
    threshold, expected = ranges.number(form.get("threshold")), _members(form.get("own"))
    if threshold is None or expected is None:
        raise Stop(Problem(422, "request_invalid", "The form doesn't say which threshold is to be stored."))
    documents = visit.services.documents
    await pickup_rate.set_numbers(documents, visit.actor, scope, {"threshold": threshold}, expected=expected)
    return visit.moved(PATH, f"The threshold of {scope} is {threshold:g} % from its next evaluation on.", scope=scope)


def _command(scope: str, days: int, threshold: float | None) -> str:
    if threshold is None:
        return command_line("pickup-rate", "show", scope=scope)
    return command_line(
        "pickup-rate", "backtest", scope=scope, **{"from": f"{days}d", "set": f"threshold={threshold:g}"}
    )


def _store_command(scope: str, threshold: float) -> str:
    return command_line("pickup-rate", "config", "set", f"threshold={threshold:g}", scope=scope)


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


def _members(text: str | None) -> dict[str, Any] | None:
    """Return the numbers that a form was filled with; None for what is none."""
    try:
        found = json.loads(text or "")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


PAGES = (Page("GET", PATH, show), Page("POST", f"{PATH}/threshold", store, "admin"))
