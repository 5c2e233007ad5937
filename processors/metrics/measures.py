"""The measures of usage: what each metric came to in a window, per organisation, project and tag.

A scope is ``org:ID``; the app's own is ``org:~app``. Options: `project`, `tag`, and `stat`: sum (default), average, min
or max. Windows are whole hours: the length is rounded up, and the last hour is one that is complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from processors.metrics import folding, history, registry
from processors.metrics.buckets import Bucket, bucket_of
from processors.metrics.folding import Tally
from processors.metrics.questions import Options, answer, complete, options_of, org_of, whole_hours
from processors.metrics.registry import Metric
from processors.metrics.rows import SHAPE
from shared import clock
from shared.documents.containers import ROLLUPS
from shared.documents.port import Condition, Documents
from shared.errors import UsageError
from shared.measures import AnyMeasure, Ask, Measure, Period, Reading, ratio
from shared.services import Services
from shared.usage.places import rows_of


async def read(services: Services, asks: Sequence[Ask]) -> list[Reading]:
    """Return what is asked for, from roll-ups.

    Raises Transient (``metrics_behind``) when they are complete up to an instant more than two hours ago only;
    UsageError for what is no scope, and for an option that it doesn't know.
    """
    questions = [(org_of(ask.scope), options_of(ask)) for ask in asks]
    until = await complete(services)
    readings: list[Reading] = []
    read: dict[tuple[str, str, Period], dict[folding.Key, Tally]] = {}
    for ask, (org, options) in zip(asks, questions, strict=True):
        metric, window = registry.named(ask.measure.name), whole_hours(ask.window, until)
        place = org, metric.source, window
        if place not in read:
            read[place] = await _tallies(services.documents, *place)
        readings.append(answer(metric, options, window, _of(metric, options, read[place])))
    return readings


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


def _of(metric: Metric, options: Options, tallies: dict[folding.Key, Tally]) -> Tally | None:
    found: Tally | None = None
    for key, tally in tallies.items():
        if key.metric == metric.name and options.counts(key):
            found = tally if found is None else found + tally
    return found


METRICS = {
    metric.name: Measure(metric.name, metric.unit.name, f"the metric {metric.name}", read, history.read)
    for metric in registry.METRICS
}
MEASURES: tuple[AnyMeasure, ...] = (
    *METRICS.values(),
    ratio("llm_cost_per_call", METRICS["llm_usage"], METRICS["llm_calls"]),
    ratio("pages_per_document", METRICS["pages_processed"], METRICS["documents_processed"]),
    ratio("failed_page_share", METRICS["failed_pages"], METRICS["pages_processed"]),
)
"""Each metric, and what people ask of two of them."""
