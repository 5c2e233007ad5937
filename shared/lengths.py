"""Lengths of time, as people read them."""

from __future__ import annotations

from datetime import timedelta

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def length(of: timedelta) -> str:
    """Return a length of time in its two largest units (``3 d 4 h``)."""
    seconds = max(0, round(of.total_seconds()))
    parts: list[str] = []
    for unit, size in _UNITS.items():
        count, seconds = divmod(seconds, size)
        if count or (unit == "s" and not parts):
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])
