"""Times on the command line: how is "since when" given, and how is an age shown?"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from shared import clock, skew
from shared.errors import UsageError
from shared.lengths import length as length

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d{1,6})([smhd])")


def since(text: str) -> datetime:
    """Return the instant that ``90m``, ``2h``, ``3d`` ago or an ISO 8601 instant names. Raises UsageError."""
    duration = _DURATION.fullmatch(text.strip())
    if duration:
        return clock.now() - timedelta(seconds=int(duration[1]) * _UNITS[duration[2]])
    try:
        return clock.parse(text)
    except ValueError:
        raise UsageError(f"{text!r} is no time. Write 90m, 2h, 3d, or 2026-11-23T09:00:00.000Z.") from None


def age(instant: str | None) -> str:
    """Return how long ago an instant was (``3 d 4 h ago``), or when it will be (``in 2 d``); nothing for none."""
    if instant is None:
        return ""
    return ago(clock.parse(instant))


def ago(instant: datetime) -> str:
    """Return how long ago an instant was, in its two largest units; of one that no clock can show yet, in how long."""
    passed = clock.now() - instant
    return f"in {length(-passed)}" if skew.is_ahead(instant) else f"{length(passed)} ago"


def coming(instant: datetime) -> str:
    """Return in how long an instant comes (``in 4 m``), or ``now``."""
    left = instant - clock.now()
    return f"in {length(left)}" if left >= timedelta(seconds=1) else "now"
