"""Buckets of metrics: how long is each tier's row kept, and until when can it be made from its children's?

A leaf is of one of the 16 parts of an organisation's events. A row is kept from its bucket's end on, so that a bucket
which is recomputed late doesn't live longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from shared.rollups import buckets
from shared.rollups.buckets import Tier, start_of
from shared.usage.places import PARTS

KEPT: dict[Tier, timedelta | None] = {
    "leaf": timedelta(days=30),
    "hour": timedelta(days=30),
    "day": timedelta(days=400),
    "month": None,
}
"""How long a row of each tier is kept; None: for good."""
_MARGIN = timedelta(days=1)
"""So long before its children may expire, a bucket is made from events: longer than workers read."""


@dataclass(frozen=True)
class Bucket(buckets.Bucket):
    """A bucket of an organisation's events of a kind."""

    def kept(self, now: datetime) -> timedelta | None:
        """Return how long its row is still kept, zero or less when it has expired; None when it is kept for good."""
        kept = KEPT[self.tier]
        return None if kept is None else self.end + kept - now

    def has_expired(self, now: datetime) -> bool:
        """Return whether its row isn't kept any more."""
        left = self.kept(now)
        return left is not None and left <= timedelta()

    def children_may_expire(self, now: datetime) -> bool:
        """Return whether a child's row may go within a day, or has gone: then it is made from events."""
        if self.children is None:
            return False
        left = Bucket(self.children, self.start).kept(now)
        return left is not None and left <= _MARGIN


def bucket_of(tier: Tier, at: datetime) -> Bucket:
    """Return the bucket of a tier that `at` falls into; of leaves without their part."""
    return Bucket(tier, start_of(tier, at))


@lru_cache(maxsize=1024)  # a worker asks for each of a message's marks four times
def parse(name: str) -> Bucket:
    """Return the bucket that `Bucket.name` names. Raises ValueError when it isn't one."""
    return buckets.parse(name, Bucket, parts=PARTS)
