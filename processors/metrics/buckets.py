"""Buckets: into which spans of time do roll-ups fall, and how long are they kept?

Leaves (5 minutes of one of the 16 parts of an organisation's events) make hours, hours make days, days make months; all
in UTC. A row is kept from its bucket's end on, so that a bucket which is recomputed late doesn't live longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Literal, get_args

from shared import clock
from shared.usage.places import PARTS, SLICE

Tier = Literal["leaf", "hour", "day", "month"]
TIERS: tuple[Tier, ...] = get_args(Tier)

_KEPT: dict[Tier, timedelta | None] = {
    "leaf": timedelta(days=30),
    "hour": timedelta(days=30),
    "day": timedelta(days=400),
    "month": None,
}
_MARGIN = timedelta(days=1)
"""So long before its children may expire, a bucket is made from events: longer than workers read."""


@dataclass(frozen=True)
class Bucket:
    """A bucket of a tier, from `start` on. A leaf has a `part`, the others are of all parts."""

    tier: Tier
    start: datetime
    part: int | None = None

    @cached_property
    def name(self) -> str:
        """The name of its row and of its mark, such as ``leaf|2026-11-23T09:05:00.000Z|07``, or without a part."""
        return self.key if self.part is None else f"{self.key}|{self.part:02}"

    @property
    def key(self) -> str:
        """What orders the rows of a tier by time."""
        return f"{self.tier}|{clock.to_text(self.start)}"

    @property
    def end(self) -> datetime:
        """Where the next one begins."""
        if self.tier == "month":
            return (self.start + timedelta(days=32)).replace(day=1)
        return self.start + {"leaf": SLICE, "hour": timedelta(hours=1), "day": timedelta(days=1)}[self.tier]

    @property
    def parent(self) -> Bucket | None:
        """The bucket of the next tier that it lies in; None for a month."""
        if self.tier == "month":
            return None
        tier = TIERS[TIERS.index(self.tier) + 1]
        return Bucket(tier, _start(tier, self.start))

    @property
    def children(self) -> Tier | None:
        """The tier that it is made of; None for a leaf, which is made from events."""
        return None if self.tier == "leaf" else TIERS[TIERS.index(self.tier) - 1]

    def kept(self, now: datetime) -> timedelta | None:
        """Return how long its row is still kept, zero or less when it has expired; None when it is kept for good."""
        kept = _KEPT[self.tier]
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
    return Bucket(tier, _start(tier, at))


@lru_cache(maxsize=1024)  # a worker asks for each of a message's marks four times
def parse(name: str) -> Bucket:
    """Return the bucket that `Bucket.name` names. Raises ValueError when it isn't one."""
    tier, _, rest = name.partition("|")
    start, _, part = rest.partition("|")
    if tier not in TIERS or bool(part) != (tier == "leaf"):
        raise ValueError(f"{name!r} names no bucket")
    bucket = Bucket(tier, clock.parse(start), int(part) if part else None)
    is_of_a_part = bucket.part is None or 0 <= bucket.part < PARTS
    if bucket.name != name or bucket.start != _start(tier, bucket.start) or not is_of_a_part:
        raise ValueError(f"{name!r} names no bucket")
    return bucket


def _start(tier: Tier, at: datetime) -> datetime:
    if tier == "leaf":
        return at.replace(minute=at.minute // 5 * 5, second=0, microsecond=0)
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if tier == "hour":
        return hour
    return hour.replace(hour=0) if tier == "day" else hour.replace(hour=0, day=1)
