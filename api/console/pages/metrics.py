"""Metrics: what each came to, bucket by bucket, compared with the time before, and up to when that is complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from api.console import ranges
from api.console.answering import command_line
from api.console.chart import Chart, Point
from api.console.page import Page
from api.console.visit import Visit
from operations import metrics
from shared import clock

_DAYS, _MOST_DAYS, _MOST_ROWS = 7, 365, 60
OWN = "~app"


@dataclass(frozen=True, slots=True)
class Card:
    """A metric as the page shows it: its numbers in words, its chart, and its last buckets."""

    name: str
    unit: str
    total: str
    events: int
    change: str
    drawing: Chart | None
    rows: list[dict[str, Any]]


async def show(visit: Visit) -> Response:
    """Show the metrics of an organisation."""
    query = visit.query
    org, days = query.get("org") or OWN, ranges.days(visit, _DAYS, _MOST_DAYS)
    tier, metric, zone = query.get("tier") or "auto", query.get("metric"), query.get("timezone") or "UTC"
    begin, end = ranges.last(visit, days)
    question = metrics.asked(org, begin, end, metric=metric, source=tier, timezone=zone)
    found = await metrics.overview(visit.services, visit.actor, question)
    begin, end = clock.parse(found["from"]), clock.parse(found["to"])
    return visit.page(
        "metrics.html",
        command=_command(org, metric, days, tier),
        org=org,
        days=days,
        tier=tier,
        metric=metric,
        timezone=zone,
        names=[one.metric for one in metrics.known(visit.actor).items] if visit.actor.may("reader") else [],
        taken=found["source"],
        complete=found["complete_up_to"],
        empty=[one["metric_name"] for one in found["metrics"] if not one["data"]],
        cards=[_card(one, begin, end) for one in found["metrics"]],
    )


def _command(org: str, metric: str | None, days: int, tier: str) -> str:
    named = {"metric": metric, "from": f"{days}d", "source": None if tier == "auto" else tier}
    return command_line("metrics", "overview" if metric is None else "series", org=org, **named)


def _card(told: dict[str, Any], begin: datetime, end: datetime) -> Card:
    data, change = told["data"], told["change"]
    label = f"{told['metric_name']}: {told['total_value']:g} {told['unit']} in {len(data)} buckets"
    points = [Point(datetime.fromisoformat(one["bucket"]), one["sum"]) for one in data]
    return Card(
        told["metric_name"],
        told["unit"],
        f"{told['total_value']:,.6g}",
        told["total_events"],
        f"{change:+.0%} on the time before" if change is not None else "",
        Chart(label, begin, end, points, bars=True) if data else None,
        data[-_MOST_ROWS:],
    )


PAGES = (Page("GET", "/metrics", show),)
