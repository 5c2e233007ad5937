"""Clock: what time is it, and how is an instant written?

All instants of the product are UTC and are stored and printed as ``2026-11-23T09:00:00.000Z``: always milliseconds,
so that text order is time order. Code asks this module instead of ``datetime.now()``, so that tests can move time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache


def _system_now() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system_now


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return _source()


@contextmanager
def running_on(source: Callable[[], datetime]) -> Iterator[None]:
    """Let ``now`` ask `source` (a function that returns an aware UTC instant) inside the block (tests, simulation)."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before


@lru_cache(maxsize=512)  # a record writes the same instants again at each of its changes
def to_text(instant: datetime) -> str:
    """Return `instant` as ``2026-11-23T09:00:00.000Z``. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone; instants of this product are aware")
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    return instant.isoformat(timespec="milliseconds")[:-6] + "Z"


def parse(text: str) -> datetime:
    """Return the instant that an ISO 8601 text with an offset names, in UTC, cut to milliseconds.

    Raises ValueError when it isn't one, or names no offset (whose zone would it be?).
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset; write it as 2026-11-23T09:00:00.000Z")
    try:
        instant = instant.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is outside the years 1 to 9999 in UTC") from None
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def iso_week(instant: datetime) -> str:
    """Return the ISO week of an instant, as ``2026-W48``."""
    year, week, _ = instant.isocalendar()
    return f"{year}-W{week:02}"


def text_now(later: timedelta = timedelta()) -> str:
    """Return the current instant plus `later`, as text."""
    return to_text(now() + later)
