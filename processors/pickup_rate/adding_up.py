"""Reader of roll-ups: the counts of any window, added up from the days, hours and slices that it is made of.

What it reads follows the window's length alone, and neither its calls nor its merchants. A window has 5-minute edges;
others are moved to the ones before them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from processors.pickup_rate import rollups
from processors.pickup_rate.chains import LONGEST, number_of
from processors.pickup_rate.reading import Counted, Wanted, undated
from processors.pickup_rate.rollups import RECOMPUTED, TIERS
from processors.pickup_rate.sums import Sum, total
from shared import clock
from shared.documents.port import Documents
from shared.errors import UsageError
from shared.measures import Period
from shared.rollups.buckets import Bucket, slice_of, start_of


async def counted(documents: Documents, wanted: Iterable[Wanted]) -> Counted:
    """Return the counts of all that is wanted, from roll-ups.

    Raises UsageError (``window_not_rolled_up``) for a window that is too long, or began too long ago.
    """
    aligned = {one: replace(one, period=on_edges(one.period)) for one in wanted}
    windows = list(dict.fromkeys((one.scope, one.period) for one in aligned.values()))
    for _, period in windows:
        _check(period)
    read = await asyncio.gather(*(_sums(documents, scope, period) for scope, period in windows))
    found = dict(zip(windows, read, strict=True))
    totals = {
        asked: total(found[one.scope, one.period], number_of(one.period.begin), tests=one.tests, inbound=one.inbound)
        for asked, one in aligned.items()
    }
    return Counted(totals, await undated(documents))


def spans(period: Period) -> Iterator[tuple[Bucket, datetime]]:
    """Yield the buckets that a period is made of, as the first and the end of those of one tier that follow each other.

    The largest that fit: slices up to the hour, hours up to the day, days, hours, slices.
    """
    first, at = None, period.begin
    while at < period.end:
        bucket = next(one for one in _from(at) if one.end <= period.end)
        if first is not None and first.tier != bucket.tier:
            yield first, at
            first = None
        first, at = first or bucket, bucket.end
    if first is not None:
        yield first, at


def on_edges(period: Period) -> Period:
    """Return a period whose edges are moved back to those of 5 minutes."""
    return Period(slice_of(period.begin), slice_of(period.end))


def _from(at: datetime) -> Iterator[Bucket]:
    """Yield the buckets that begin then, the largest first."""
    for tier in reversed(TIERS):
        if start_of(tier, at) == at:
            yield Bucket(tier, at)


async def _sums(documents: Documents, scope: str, period: Period) -> list[Sum]:
    read = await asyncio.gather(*(rollups.read(documents, scope, first, end) for first, end in spans(period)))
    return [one for found in read for one in found]


def _check(period: Period) -> None:
    if period.end - period.begin > LONGEST:
        raise UsageError(
            f"The window has {(period.end - period.begin).days} days; up to {LONGEST.days} are rolled up.",
            code="window_not_rolled_up",
        )
    if period.begin < clock.now() - RECOMPUTED:
        raise UsageError(
            f"The window begins {clock.to_text(period.begin)}; roll-ups of calls reach {RECOMPUTED.days} days back.",
            code="window_not_rolled_up",
        )
