"""The measures of usage: what each metric came to in a window, per organisation, project and tag.

A scope is ``org:ID``; the app's own is ``org:~app``. Options: `project`, `tag`, and `stat`: sum (default), average, min
or max. Windows are whole hours: the length is rounded up, and the last hour is one that is complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from processors.metrics import folding, registry
from processors.metrics.buckets import Bucket, bucket_of
from processors.metrics.completeness import complete_up_to
from processors.metrics.folding import Tally
from processors.metrics.registry import Metric
from processors.metrics.rows import SHAPE
from shared import clock
from shared.documents.containers import ROLLUPS
from shared.documents.port import Condition, Documents
from shared.errors import Transient, UsageError
from shared.measures import AnyMeasure, Ask, Measure, Measured, NoData, Period, Reading, ratio
from shared.services import Services
from shared.usage.places import rows_of

BEHIND = timedelta(hours=2)
"""Roll-ups that are complete up to an instant older than that are no ground for a judgement."""
_HOUR = timedelta(hours=1)
_PREFIX = "org:"


class Options(BaseModel):
    """Which events count, and what is made of their values."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    project: str | None = None
    tag: str | None = None
    stat: Literal["sum", "average", "min", "max"] = "sum"


async def read(services: Services, asks: Sequence[Ask]) -> list[Reading]:
    """Return what is asked for, from roll-ups.

    Raises Transient (``metrics_behind``) when they are complete up to an instant more than two hours ago only;
    UsageError for what is no scope, and for an option that it doesn't know.
    """
    questions = [(_org(ask.scope), _options(ask)) for ask in asks]
    now = clock.now()
    complete = (await complete_up_to(services.documents, services.queues, services.settings)).at
    if now - complete > BEHIND:
        raise Transient(
            f"The roll-ups of metrics are complete up to {clock.to_text(complete)} only", code="metrics_behind",
            dependency="metrics",
        )  # fmt: skip
    readings: list[Reading] = []
    read: dict[tuple[str, str, Period], dict[folding.Key, Tally]] = {}
    for ask, (org, options) in zip(asks, questions, strict=True):
        metric, window = registry.named(ask.measure.name), whole_hours(ask.window, complete)
        place = org, metric.source, window
        if place not in read:
            read[place] = await _tallies(services.documents, *place)
        readings.append(_reading(metric, options, window, read[place]))
    return readings


def whole_hours(window: Period, complete: datetime) -> Period:
    """Return the whole hours for a window that is asked for: as long or longer, and ending where all is complete."""
    end = min(window.end, complete).replace(minute=0, second=0, microsecond=0)
    hours = -((window.begin - window.end) // _HOUR)
    return Period(end - hours * _HOUR, end)


async def _tallies(documents: Documents, org: str, kind: str, window: Period) -> dict[folding.Key, Tally]:
    """Return what the rows of a window add up to: hours at its ends, and whole days between them."""
    tallies: dict[folding.Key, Tally] = {}
    for first, end in _parts(window, clock.now()):
        where: list[Condition] = [("bucketKey", ">=", first.key), ("bucketKey", "<", end.key)]
        rows = documents.query(ROLLUPS, partition=rows_of(org, kind), where=where, order_by="bucketKey")
        async for document in rows:
            folding.add_row(tallies, SHAPE.present(document.body))
    return tallies


def _parts(window: Period, now: datetime) -> list[tuple[Bucket, Bucket]]:
    """Return spans of rows of one tier each, as the first bucket and the one behind the last."""
    first_day = bucket_of("day", window.begin + timedelta(days=1, milliseconds=-1))
    last_day = bucket_of("day", window.end)
    if bucket_of("hour", window.begin).has_expired(now):
        raise UsageError(
            f"The window begins {clock.to_text(window.begin)}; hours are kept for 30 days.", code="range_invalid"
        )
    if first_day.start >= last_day.start:
        return [(bucket_of("hour", window.begin), bucket_of("hour", window.end))]
    return [
        (bucket_of("hour", window.begin), bucket_of("hour", first_day.start)),
        (first_day, last_day),
        (bucket_of("hour", last_day.start), bucket_of("hour", window.end)),
    ]


def _reading(metric: Metric, options: Options, window: Period, tallies: dict[folding.Key, Tally]) -> Reading:
    facts: dict[str, Any] = {"from": clock.to_text(window.begin), "to": clock.to_text(window.end)}
    found: Tally | None = None
    for key, tally in tallies.items():
        counts = options.project in (None, key.project) and options.tag in (None, key.tag)
        if counts and key.metric == metric.name:
            found = tally if found is None else found + tally
    if found is None:
        if options.stat != "sum":
            return NoData("no events", facts)
        return Measured(0.0, metric.unit.name, 0, {"sum": 0, "events": 0}, facts)
    value = {"sum": found.sum, "average": found.sum / found.count, "min": found.min, "max": found.max}[options.stat]
    counts_of = {"sum": found.sum, "events": found.count}
    return Measured(value / metric.unit.kept, metric.unit.name, found.count, counts_of, facts)


def _org(scope: str) -> str:
    org = scope.removeprefix(_PREFIX)
    if org == scope or not org:
        raise UsageError(f"{scope!r} is no scope of a metric. Write org:ID.", code="scope_invalid")
    return org


def _options(ask: Ask) -> Options:
    try:
        return Options.model_validate(dict(ask.options))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        known = ", ".join(Options.model_fields)
        what = f"Option {'.'.join(map(str, first['loc']))} of {ask.measure.name} can't be {first['input']!r}"
        text = f"{what}: {first['msg']}. Known are: {known}."
        raise UsageError(text, code="measure_option_invalid") from None


METRICS = {
    metric.name: Measure(metric.name, metric.unit.name, f"the metric {metric.name}", read)
    for metric in registry.METRICS
}
MEASURES: tuple[AnyMeasure, ...] = (
    *METRICS.values(),
    ratio("llm_cost_per_call", METRICS["llm_usage"], METRICS["llm_calls"]),
    ratio("pages_per_document", METRICS["pages_processed"], METRICS["documents_processed"]),
    ratio("failed_page_share", METRICS["failed_pages"], METRICS["pages_processed"]),
)
"""Each metric, and what people ask of two of them."""
