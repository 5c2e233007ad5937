"""Places of usage events: in which partition does one lie, and its roll-ups?

The events of one kind of an organisation are spread over 16 partitions by a hash of their id, which no correction
changes.
"""

from __future__ import annotations

from functools import lru_cache

from shared.documents import ids

APP = "~app"
"""The organisation of the app's own events. No other's name may begin with ``~``."""
PARTS = 16
"""How many partitions share the events of one kind of an organisation."""


def part_of(event_id: str) -> int:
    """Return which of the 16 partitions an event lies in, from 0."""
    return int(ids.sha256(event_id)[0], 16)


def place_of(org: str, kind: str, part: int) -> str:
    """Return the partition of one part of an organisation's events of a kind."""
    return _partition(org, kind, f"{part:02}")


def rows_of(org: str, kind: str) -> str:
    """Return the partition of an organisation's roll-ups of a kind of event."""
    return _partition(org, kind)


@lru_cache(maxsize=4096)  # the same few again and again: an event alone asks three times
def _partition(org: str, kind: str, *parts: str) -> str:
    return ids.own("app", ids.compound(kind, *parts)) if org == APP else ids.compound(org, kind, *parts)
