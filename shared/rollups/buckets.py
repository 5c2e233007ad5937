"""Buckets: into which spans of time do roll-ups fall?

Leaves (5 minutes) make hours, hours make days, days make months; all in UTC. A leaf may be of one of several parts of
what is rolled up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Literal, Self, TypeVar, get_args

from shared import clock

SLICE = timedelta(minutes=5)
"""The length of a leaf: the least that is recomputed."""
Tier = Literal["leaf", "hour", "day", "month"]
TIERS: tuple[Tier, ...] = get_args(Tier)


@dataclass(frozen=True)
class Bucket:
    """A bucket of a tier, from `start` on. A leaf may have a `part`, the others are of all parts."""

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
    def parent(self) -> Self | None:
        """The bucket of the next tier that it lies in; None for a month."""
        if self.tier == "month":
            return None
        tier = TIERS[TIERS.index(self.tier) + 1]
        return replace(self, tier=tier, start=start_of(tier, self.start), part=None)

    @property
    def children(self) -> Tier | None:
        """The tier that it is made of; None for a leaf."""
        return None if self.tier == "leaf" else TIERS[TIERS.index(self.tier) - 1]


_B = TypeVar("_B", bound=Bucket)


def parse(name: str, of: type[_B], *, parts: int = 0) -> _B:
    """Return the bucket that `Bucket.name` names, where leaves have so many parts; 0: they have none.

    Raises ValueError when it isn't one.
    """
    for tier in TIERS:
        if name.startswith(f"{tier}|"):
            start, _, part = name.removeprefix(f"{tier}|").partition("|")
            bucket = of(tier, clock.parse(start), int(part) if part else None)
            has_part = tier == "leaf" and parts > 0
            is_of_a_part = (bucket.part in range(parts)) if has_part else bucket.part is None
            if bucket.name == name and bucket.start == start_of(tier, bucket.start) and is_of_a_part:
                return bucket
    raise ValueError(f"{name!r} names no bucket")


def start_of(tier: Tier, at: datetime) -> datetime:
    """Return when the bucket of a tier begins that `at` falls into."""
    if tier == "leaf":
        return slice_of(at)
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if tier == "hour":
        return hour
    return hour.replace(hour=0) if tier == "day" else hour.replace(hour=0, day=1)


def slice_of(at: datetime) -> datetime:
    """Return when the leaf begins that `at` falls into."""
    return at.replace(minute=at.minute // 5 * 5, second=0, microsecond=0)
