"""Live: what do metrics come to by the events themselves, roll-ups aside?

Costs what there is of events in the range. Each kind of event is read apart: one that can't be read takes only its own
metrics with it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from processors.metrics import folding
from processors.metrics.buckets import bucket_of
from processors.metrics.folding import Tallies
from processors.metrics.rows import EVENT_MEMBERS
from processors.metrics.series import Question, Series, label
from shared import clock
from shared.documents.containers import USAGE_EVENTS
from shared.documents.port import Condition, Documents
from shared.errors import NightshiftError
from shared.usage.places import PARTS, place_of


@dataclass(frozen=True, slots=True)
class Live:
    """The series that could be read, and the reason of each metric that couldn't."""

    series: list[Series]
    failed: dict[str, NightshiftError]


async def read(documents: Documents, question: Question) -> Live:
    """Return the series of each metric that is asked for, made from events."""
    read = await asyncio.gather(*(_of_kind(documents, question, kind) for kind in question.kinds))
    by_kind = dict(zip(question.kinds, read, strict=True))
    series: list[Series] = []
    failed: dict[str, NightshiftError] = {}
    for metric in question.metrics:
        found = by_kind[metric.source]
        if isinstance(found, NightshiftError):
            failed[metric.name] = found
            continue
        made = Series(metric)
        for start, tallies in sorted(found.items()):
            for key, tally in tallies.items():
                if key.metric == metric.name and question.wants(key):
                    made.add(start, tally)
        series.append(made)
    return Live(series, failed)


async def _of_kind(documents: Documents, question: Question, kind: str) -> dict[datetime, Tallies] | NightshiftError:
    """Return what the events of a kind add up to by point; the error when they can't be read."""
    points: dict[datetime, Tallies] = {}
    span: list[Condition] = [
        ("slice", ">=", clock.to_text(question.begin)),
        ("slice", "<", clock.to_text(question.end)),
    ]

    async def add(part: int) -> None:
        place = place_of(question.org, kind, part)
        members = ("slice", *EVENT_MEMBERS)
        query = documents.query(USAGE_EVENTS, partition=place, where=span, order_by="slice", select=members)
        async for document in query:
            bucket = bucket_of(question.source, clock.parse(document.body["slice"]))
            folding.add_event(points.setdefault(label(bucket.start, question), {}), document.body)

    try:
        await asyncio.gather(*(add(part) for part in range(PARTS)))
    except NightshiftError as error:
        return error
    return points
