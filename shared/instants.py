"""Instants, as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def short(instant: datetime, now: datetime) -> str:
    """Return an instant in UTC: ``02:31:07``; of another day than `now` ``22 Nov 02:31``, of another year its date."""
    at = instant.astimezone(UTC)
    if at.date() == now.date():
        return f"{at:%H:%M:%S}"
    return f"{at:%d} {_MONTHS[at.month - 1]} {at:%H:%M}" if at.year == now.year else f"{at:%Y-%m-%d}"
