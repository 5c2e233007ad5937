"""Metrics: which there are, how far their roll-ups are, and what they came to.

Answers about series are plain objects with snake_case members, as dashboards read them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations.actor import Actor
from operations.answers import Page, page
from processors.metrics import live, registry, series
from processors.metrics.completeness import complete_up_to
from processors.metrics.folding import OTHER, Tally
from processors.metrics.registry import Metric
from processors.metrics.series import Found, Series
from processors.metrics.series import Question as Question
from processors.metrics.series import asked as asked
from shared import clock
from shared.documents.containers import HEARTBEATS, JOBS
from shared.documents.port import Body, Condition
from shared.services import Services

TICK = "AggregateMetrics"
_LARGEST = 10
"""Projects and tags that a summary names."""

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Described:
    """A metric: what it is called, how it counts, in which unit, and which events feed it."""

    metric: str
    type: str
    unit: str
    kind: str
    value: str | None
    types: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """How far the roll-ups are: what waits, what the last tick did, and how many events came too late."""

    complete_up_to: datetime
    waiting_events: int
    marks: int
    oldest_mark: datetime | None
    waiting_roll_ups: int
    too_late: int
    last_tick: Body | None


def known(by: Actor) -> Page[Described]:
    """Return every metric."""
    by.require("reader")
    return page(
        Described(
            metric.name,
            metric.type,
            metric.unit.name,
            metric.source,
            metric.value,
            tuple(one for one in metric.types if one),
            tuple(one for one in metric.reasons if one),
        )
        for metric in registry.METRICS
    )


async def state(services: Services, by: Actor) -> State:
    """Return how far the roll-ups are. Raises Unavailable when store or queues fail."""
    by.require("reader")
    settings, documents = services.settings, services.documents
    found = await complete_up_to(documents, services.queues, settings)
    beat = await documents.get(HEARTBEATS, TICK, TICK)
    queue = settings.usage_events_queue
    too_late: list[Condition] = [("status", "=", "dead"), ("queue", "=", queue), ("reason.code", "=", "too_late")]
    return State(
        complete_up_to=found.at,
        waiting_events=found.waiting_events,
        marks=found.marks,
        oldest_mark=found.oldest_mark,
        waiting_roll_ups=await services.queues.depth(settings.rollup_queue) or 0,
        too_late=await documents.count(JOBS, where=too_late),
        last_tick={"at": beat.body["lastStart"], **(beat.body.get("planned") or {})} if beat else None,
    )


async def read(services: Services, by: Actor, question: Question) -> Answer:
    """Return the series of the metrics that are asked for, from roll-ups."""
    by.require("reader", _scope(question))
    found = await series.read(services.documents, question)
    return await _about(services, question, [_series(one) for one in found])


async def read_live(services: Services, by: Actor, question: Question) -> Answer:
    """Return the series by the events themselves. Metrics that can't be read say so, and the rest is served."""
    by.require("reader", _scope(question))
    found = await live.read(services.documents, question)
    served = {one.metric.name: _series(one) for one in found.series}
    metrics = [served.get(metric.name) or _unavailable(metric) for metric in question.metrics]
    answer = await _about(services, question, metrics)
    errors = [{"metric_name": name, "error": str(error), "code": error.code} for name, error in found.failed.items()]
    return {**answer, "source": "events", "partial_errors": errors}


async def overview(services: Services, by: Actor, question: Question) -> Answer:
    """Return each metric's series with what it came to in the time before, as long."""
    by.require("reader", _scope(question))
    earlier = series.before(question)
    totals = {one.metric.name: one.total for one in await series.read(services.documents, earlier)} if earlier else {}
    metrics = []
    for one in await series.read(services.documents, question):
        told = _series(one)
        previous = _value(one.metric, totals[one.metric.name]) if totals else None
        change = (told["total_value"] - previous) / previous if previous else None
        metrics.append({**told, "previous_value": previous, "change": change})
    return await _about(services, question, metrics)


async def summary(services: Services, by: Actor, question: Question) -> Answer:
    """Return what each metric came to, in all and by its largest projects and tags."""
    by.require("reader", _scope(question))
    by_metric: dict[str, list[Found]] = {metric.name: [] for metric in question.metrics}
    async for found in series.tallies(services.documents, question):
        by_metric[found.key.metric].append(found)
    metrics = []
    for metric in question.metrics:
        whole = Series(metric)
        for one in by_metric[metric.name]:
            whole.add(one.start, one.tally)
        told = {name: value for name, value in _series(whole).items() if name != "data"}
        for member in ("project", "tag"):
            told[f"by_{member}"] = _largest(metric, series.by_key(by_metric[metric.name], member))
        metrics.append(told)
    return await _about(services, question, metrics)


async def rows(services: Services, by: Actor, question: Question) -> AsyncIterator[tuple[Metric, Found]]:
    """Yield each tally of a metric, project, tag and bucket that is asked for, for exports."""
    by.require("reader", _scope(question))
    async for found in series.tallies(services.documents, question):
        yield registry.named(found.key.metric), found


def value_of(metric: Metric, whole: float) -> float:
    """Return a value of stored whole numbers in the metric's unit."""
    return whole / metric.unit.kept if metric.unit.kept != 1 else whole


def bucket_text(start: datetime) -> str:
    """Return where a point begins: UTC as everywhere, another zone's with its offset."""
    return clock.to_text(start) if not start.utcoffset() else start.isoformat(timespec="milliseconds")


async def _about(services: Services, question: Question, metrics: Iterable[Answer]) -> Answer:
    complete = await complete_up_to(services.documents, services.queues, services.settings)
    return {
        "org": question.org,
        "project": question.project,
        "tag": question.tag,
        "from": clock.to_text(question.begin),
        "to": clock.to_text(question.end),
        "granularity": question.granularity,
        "source": question.source,
        "timezone": question.zone.key,
        "complete_up_to": clock.to_text(complete.at),
        "metrics": list(metrics),
    }


def _series(found: Series) -> Answer:
    metric, total = found.metric, found.total
    return {
        "metric_name": metric.name,
        "metric_type": metric.type,
        "unit": metric.unit.name,
        "data": [{"bucket": bucket_text(start), **_numbers(metric, tally)} for start, tally in found.points.items()],
        "total_value": _value(metric, total),
        "total_events": total.count if total else 0,
        "average": value_of(metric, total.sum / total.count) if total else None,
    }


def _unavailable(metric: Metric) -> Answer:
    return {
        "metric_name": metric.name,
        "metric_type": metric.type,
        "unit": metric.unit.name,
        "error": "unavailable",
        "data": [],
        "total_value": 0,
    }


def _numbers(metric: Metric, tally: Tally) -> Answer:
    return {
        "sum": value_of(metric, tally.sum),
        "events": tally.count,
        "average": value_of(metric, tally.sum / tally.count),
        "min": value_of(metric, tally.min),
        "max": value_of(metric, tally.max),
    }


def _value(metric: Metric, total: Tally | None) -> float:
    return value_of(metric, total.sum) if total else 0


def _largest(metric: Metric, totals: Any) -> list[Answer]:
    largest = sorted(totals.items(), key=lambda one: (-one[1].sum, one[0]))[:_LARGEST]
    return [
        {"name": "other" if name == OTHER else name, "sum": value_of(metric, tally.sum), "events": tally.count}
        for name, tally in largest
    ]


def _scope(question: Question) -> str:
    return f"org:{question.org}"
