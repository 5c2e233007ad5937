"""Backtest of pickup rates: when would a scope have been evaluated, and how? Pure but for the counting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from processors.pickup_rate import freshness, sliding
from processors.pickup_rate.evaluation import Counts, compared, judged_by, rates_of
from processors.pickup_rate.reading import Wanted
from processors.pickup_rate.rules import Rule, whole_slices
from shared.alerts.replay import Evaluation
from shared.documents.port import Documents
from shared.measures import Period
from shared.rollups.buckets import Bucket, Tier, start_of

_HOUR = timedelta(hours=1)


def ticks(rule: Rule, begin: datetime, end: datetime, most: int) -> list[datetime]:
    """Return when a scope is evaluated: at the first 5-minute edge, then at each that is an interval later.

    With an interval of whole hours at the first hour: rows by the hour do then.

    From `begin` to `end`, both included: the first `most` of them.
    """
    every = timedelta(seconds=whole_slices(rule.interval_seconds))
    edge: Tier = "leaf" if every % _HOUR else "hour"
    first = start_of(edge, Bucket(edge, begin).end - timedelta.resolution)
    return [first + n * every for n in range(min((end - first) // every + 1, most))]


async def counted(documents: Documents, scope: str, rule: Rule, ticks: Sequence[datetime]) -> list[Counts | None]:
    """Return the counts of each tick's window, without merchants; None: its roll-ups aren't kept any more.

    What is marked is rolled up first, as an evaluation does.
    """
    await freshness.catch_up(documents)
    wanted = [
        Wanted(scope, Period(tick - rule.lookback, tick), rule.include_tests, rule.include_inbound) for tick in ticks
    ]
    found = await sliding.counted(documents, wanted)
    return [found.get(one) for one in wanted]


def evaluated(rule: Rule, tick: datetime, counts: Counts) -> Evaluation:
    """Return the evaluation of a tick."""
    sample = max(rate.total for rate in rates_of(counts, rule).values())
    return Evaluation(tick, judged_by(counts, rule).verdict, compared(counts, rule), sample)
