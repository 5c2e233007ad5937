"""Limits: how many requests may a caller make of this instance? A bucket per caller, in memory, filled evenly."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta

_MOST_CALLERS = 10_000
"""Buckets that are kept: the one that was used least recently makes room."""


class Rate:
    """So many requests a minute for each caller; a quiet caller may make a minute's at once."""

    def __init__(self, per_minute: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._most = float(per_minute)
        self._per_second = per_minute / 60
        self._monotonic = monotonic
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> timedelta | None:
        """Count a request of `caller`; return None when it may be made, else how long to wait."""
        now = self._monotonic()
        left, at = self._left.pop(caller, (self._most, now))
        left = min(self._most, left + (now - at) * self._per_second)
        may = left >= 1
        self._left[caller] = (left - 1 if may else left, now)
        if len(self._left) > _MOST_CALLERS:
            self._left.popitem(last=False)
        return None if may else timedelta(seconds=(1 - left) / self._per_second)
