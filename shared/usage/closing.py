"""Closing of months: until when is an event taken, and its month recomputed?

Events expire 400 days after they occurred. A month whose first events are about to expire can't be recomputed from them
any more, so it closes: first for events, then, once what came last is surely rolled up, for recomputing. The largest
bucket decides, not the event's own age, since every event of a bucket must be there when it is recomputed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.errors import Permanent, Transient

KEPT = timedelta(days=400)
"""How long an event is kept after it occurred."""
_TAKEN = KEPT - timedelta(days=2)
_RECOMPUTED = KEPT - timedelta(days=1)
DEFERRED = timedelta(minutes=10)
"""After a month has closed, a worker may still be writing an event that was in time; later ones wait for that."""


def month_of(at: datetime) -> datetime:
    """Return when the month that `at` falls into begins."""
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def is_taken(at: datetime, now: datetime) -> bool:
    """Return whether new events of the month of `at` are still taken."""
    return now < month_of(at) + _TAKEN


def is_closed(at: datetime, now: datetime) -> bool:
    """Return whether the month of `at` is no longer recomputed."""
    return now >= month_of(at) + _RECOMPUTED


def refuse_late(slices: Iterable[datetime], now: datetime) -> None:
    """Raise Permanent (``too_late``) when an event that stands or stood in these slices is no longer taken.

    Raises Transient (``month_closing``) in the ten minutes after a month has closed.
    """
    first = month_of(min(slices))
    closed = first + _TAKEN
    if now < closed:
        return
    if now < closed + DEFERRED:
        raise Transient(f"The month from {first:%Y-%m-%d} closes just now", code="month_closing", dependency="metrics")
    raise Permanent(
        f"The event is too late: the month from {first:%Y-%m-%d} is closed since {closed:%Y-%m-%d}, since its first "
        f"events expire {KEPT.days} days after they occurred",
        code="too_late",
        dependency="metrics",
    )
