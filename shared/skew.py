"""Clock skew: how far apart may clocks be, and which instants can nobody have seen yet?

A worker whose clock is off by more than a minute takes no work (clock_check.py), so what two workers write differs by
two minutes at most. Whatever says that it was written later than that, a clock wrote that was wrong, or somebody
outside made it up: it is distrusted where it is read, and clamped where it comes in.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared import clock

MAX_OFF = timedelta(minutes=1)
"""A worker's clock may be off by so much."""
MAX_APART = 2 * MAX_OFF
"""So two workers' clocks may differ by so much."""


def is_ahead(instant: datetime, now: datetime | None = None) -> bool:
    """Return whether an instant is later than any worker's clock can show at `now` (default: the present)."""
    return instant > (clock.now() if now is None else now) + MAX_APART


def believed(at: str) -> str:
    """Return a stored instant for a comparison of which is later: one that is ahead, as text before all others.

    So whatever comes next wins over what a wrong clock has written.
    """
    return "" if at > clock.text_now(MAX_APART) else at
