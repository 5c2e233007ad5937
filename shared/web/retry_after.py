"""Retry-After: how long does a server say to wait before it is asked again?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

from shared import clock

LONGEST_RETRY_AFTER = timedelta(days=1)
SHORTEST_RETRY_AFTER = timedelta(seconds=1)
OVERLOADED = frozenset({503, 529})
"""Statuses that speak of the whole server, not of the request (RFC 9110, 15.6.4; 529 is what overloaded models answer).
With a Retry-After they are waited out as a 429 is."""


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long a server says to wait, from 1 s to a day; None if it doesn't.

    ``retry-after-ms`` (milliseconds: OpenAI, Azure) is the finer one and comes before ``Retry-After`` (seconds or an
    HTTP date), as in the openai SDK.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return bounded(milliseconds / 1000)
    text = headers.get("retry-after", "").strip()
    seconds = _number(text)
    return bounded(seconds) if seconds is not None else _until(text)


def bounded(seconds: float) -> timedelta:
    """Return a wait of so many seconds, from 1 s to a day."""
    least, most = SHORTEST_RETRY_AFTER.total_seconds(), LONGEST_RETRY_AFTER.total_seconds()
    return timedelta(seconds=min(max(seconds, least), most))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return None if math.isnan(number) else number


def _until(text: str) -> timedelta | None:
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return bounded(((at if at.tzinfo else at.replace(tzinfo=UTC)) - clock.now()).total_seconds())
