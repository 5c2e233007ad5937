"""Times on the command line: how are "since when" and "how long" given, how are instants and ages shown?"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from shared import clock, instants, skew
from shared.errors import UsageError
from shared.lengths import length as length

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d{1,6})([smhd])")


def since(text: str) -> datetime:
    """Return the instant that ``90m``, ``2h``, ``3d`` ago or an ISO 8601 instant names. Raises UsageError."""
    try:
        if (length := _length_of(text)) is not None:
            return clock.now() - length
        return clock.parse(text)
    except (ValueError, OverflowError):
        raise UsageError(f"{text!r} is no time. Write 90m, 2h, 3d, or 2026-11-23T09:00:00.000Z.") from None


def duration(text: str) -> timedelta:
    """Return the length of time that ``30m``, ``2h`` or ``3d`` names. Raises UsageError for another text, and for 0."""
    length = _length_of(text)
    if not length:
        raise UsageError(f"{text!r} is no length of time. Write 30m, 2h or 3d.")
    return length


def short(instant: str | datetime | None) -> str:
    """Return an instant as tables show it, in UTC: ``02:31:07``; another day's as ``22 Nov 02:31``, else its date."""
    if instant is None:
        return ""
    return instants.short(clock.parse(instant) if isinstance(instant, str) else instant, clock.now())


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


def _length_of(text: str) -> timedelta | None:
    found = _DURATION.fullmatch(text.strip())
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]]) if found else None
