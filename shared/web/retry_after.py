"""Retry-After: how long does a server say to wait before it is asked again?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

from shared import clock

LONGEST_RETRY_AFTER = timedelta(days=1)
SHORTEST_RETRY_AFTER = timedelta(seconds=1)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long ``Retry-After`` (seconds or an HTTP date) says to wait, from 1 s to a day; None if it doesn't."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - clock.now()).total_seconds()
    if math.isnan(seconds):
        return None
    return timedelta(
        seconds=min(max(seconds, SHORTEST_RETRY_AFTER.total_seconds()), LONGEST_RETRY_AFTER.total_seconds())
    )
