"""Expected interval: how long may something that fires by a schedule go without success?

One and a half times the interval between its firings: 36 hours for what runs daily.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.schedules import Schedule

FACTOR = 1.5
LEAST = timedelta(minutes=15)
"""What fires each few minutes may miss some firings, while its host is replaced for example."""
_SECOND = timedelta(seconds=1)


def longest_wait(schedule: Schedule, now: datetime) -> timedelta:
    """Return how old the last success may be at `now`.

    The longer of the intervals before and after the last firing counts: on a Monday, what runs on weekdays succeeded on
    Friday.
    """
    last = schedule.latest(now)
    interval = max(last - schedule.latest(last - _SECOND), schedule.after(now) - last)
    return max(FACTOR * interval, LEAST)
