"""Ranges: which span of time does the address of a page name? The last so many days, up to now."""

from __future__ import annotations

from datetime import datetime, timedelta

from api.console.visit import Visit


def days(visit: Visit, usual: int, most: int) -> int:
    """Return how many days are asked for: the usual ones without a number, at most `most`."""
    return min(visit.query.number("days") or usual, most)


def last(visit: Visit, count: int) -> tuple[datetime, datetime]:
    """Return the begin and the end of the last so many days."""
    return visit.at - timedelta(days=count), visit.at


def number(text: str | None) -> float | None:
    """Return a number that was typed; None for nothing, and for what is none."""
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None
