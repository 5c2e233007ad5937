"""Back-off: how long until the next try?"""

from __future__ import annotations

import random
from datetime import timedelta

from shared.errors import Transient

FIRST = timedelta(seconds=5)
GROWTH = 4
SPREAD = 0.2
"""Waits vary by ± this share, so that jobs that failed together don't come back together."""

STORE_FIRST = timedelta(seconds=60)
STORE_MAX = timedelta(minutes=15)


def attempt_delay(attempt: int, longest: timedelta, error: Exception | None = None) -> timedelta:
    """Return the wait after attempt `attempt` (from 1): min(longest, 5·4^(n−1)) s ± 20 %.

    When `error`, of which it failed, comes from a server that said how long to wait: so long at least, up to `longest`.
    """
    growth: int = GROWTH ** min(attempt - 1, 16)
    delay = min(longest, FIRST * growth) * random.uniform(1 - SPREAD, 1 + SPREAD)
    told = error.retry_after if isinstance(error, Transient) else None
    return max(delay, min(longest, told)) if told else delay


def store_delay(dequeue_count: int) -> timedelta:
    """Return the wait while the store is failing: 60 s, doubling with the dequeue count to 15 min."""
    growth: int = 2 ** min(max(dequeue_count, 1) - 1, 16)
    return min(STORE_MAX, STORE_FIRST * growth)
