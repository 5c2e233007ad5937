"""Durations: does a run take much longer than those before it?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from processors.health.check import Check, Topic
from processors.health.runs import SUCCEEDED, SeenRun
from shared.jobs.runs.ledger import Entry
from shared.lengths import length

TOPIC = Topic("run_slow", "warning", "a-run-takes-long")
FACTOR = 2
LEAST_HISTORY = 5
"""Fewer runs tell nothing of how long one takes."""
LEAST_EXCESS = timedelta(minutes=1)
"""A run of seconds may take twice as long."""
_SHARE = 0.95


def check(run: SeenRun, now: datetime) -> Check:
    """Return whether the latest run takes, or took, more than twice the 95th percentile of those before it."""
    scope = f"run:{run.name}:duration"
    begun = [entry for entry in run.entries if _lasted(entry, now) is not None]
    if not begun:
        return TOPIC.ok(scope, "no run has begun")
    latest, *before = begun
    history = [took for entry in before if entry.status in SUCCEEDED and (took := _lasted(entry, now)) is not None]
    if len(history) < LEAST_HISTORY:
        return TOPIC.ok(scope, f"{len(history)} earlier runs are too few to compare with")
    took, usual = _lasted(latest, now) or timedelta(), percentile(history)
    limit = max(FACTOR * usual, usual + LEAST_EXCESS)
    if took <= limit:
        return TOPIC.ok(scope, f"{length(took)}, usually up to {length(usual)}")
    verb = "took" if latest.ended else "has taken"
    told = f"Run {latest.id} {verb} {length(took)}; 95 % of {len(history)} before it took up to {length(usual)}."
    return TOPIC.finding(scope, told)


def percentile(lengths: Sequence[timedelta]) -> timedelta:
    """Return the 95th percentile (nearest rank) of some lengths of time."""
    rank = -(-len(lengths) * round(100 * _SHARE) // 100)
    return sorted(lengths)[rank - 1]


def _lasted(entry: Entry, now: datetime) -> timedelta | None:
    began = entry.opened_at or entry.planning_at
    return None if began is None else (entry.ended_at or now) - began
