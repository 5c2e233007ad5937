"""Instants of frequencies: when does a rule run, in the zone that it names?

Clocks that are put forward skip local times, and clocks put back repeat some. A rule whose hour and minute are fixed
runs once in either case: at the first valid instant after what was skipped, and in the first of two passes. A rule with
a wildcard follows the real minutes: it runs in both passes, and what was skipped never was. Only where clocks move by a
part of an hour (Lord Howe Island: 30 minutes) a skipped time of such a rule counts at the first valid instant, since a
real hour would go without a run otherwise.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from processors.alerts.frequency.pattern import Pattern
from processors.alerts.frequency.value import Frequency

_NONE, _HOUR, _DAY, _YEAR = timedelta(), timedelta(hours=1), timedelta(days=1), timedelta(days=366)
_TICK = timedelta.resolution


@dataclass(frozen=True, slots=True)
class Firing:
    """A time at which a rule runs: `at` in UTC, and `local` with its offset from UTC."""

    at: datetime
    local: datetime


def next_after(frequency: Frequency, instant: datetime) -> datetime | None:
    """Return the first firing (UTC) later than `instant` (aware); None when there is none up to the year 9998."""
    if instant.tzinfo is None:
        raise ValueError(f"The instant {instant.isoformat()} has no time zone.")
    zone, pattern = frequency.zone, frequency.pattern
    if instant.tzinfo is UTC and (steady := _steady(zone, instant.year, instant.month)) is not None:
        offset, until = steady
        slot = pattern.slot_after(instant.replace(tzinfo=None) + offset)
        if slot is not None and (firing := slot - offset) < until:
            return firing.replace(tzinfo=UTC)
    local = instant.astimezone(zone)
    wall = local.replace(tzinfo=None)
    if pattern.every_pass and not local.fold:
        first, second = _offsets(zone, wall)
        if first != second:
            return _in_first_pass(zone, pattern, wall, first, second)
    return _search(zone, pattern, instant, wall)


def between(frequency: Frequency, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the firings (UTC) later than `after` and not later than `until`, both aware."""
    firing = next_after(frequency, after)
    while firing is not None and firing <= until:
        yield firing
        firing = next_after(frequency, firing)


def preview(frequency: Frequency, after: datetime, count: int) -> list[Firing]:
    """Return the next `count` firings later than `after` (aware), with their local times."""
    end = datetime.max.replace(tzinfo=UTC)
    return [Firing(at, at.astimezone(frequency.zone)) for at in islice(between(frequency, after, end), count)]


@lru_cache(maxsize=4096)
def _steady(zone: ZoneInfo, year: int, month: int) -> tuple[timedelta, datetime] | None:
    """Return the offset that holds all through a month of UTC, and until when at least; None when clocks change in it.

    Nor do they change on the day before: what they skip or repeat reaches into no steady month.
    """
    if not MINYEAR + 1 < year < MAXYEAR - 2:
        return None
    begin = datetime(year, month, 1)  # noqa: DTZ001 - of UTC
    until, offset = begin, _offset_at(zone, begin - _DAY)
    while until < begin + _YEAR and _offset_at(zone, until) == offset:
        until += _DAY  # no clocks are put there and back in less
    until -= _DAY
    return (offset, until) if until >= begin + monthrange(year, month)[1] * _DAY else None


def _in_first_pass(
    zone: ZoneInfo, pattern: Pattern, wall: datetime, first: timedelta, second: timedelta
) -> datetime | None:
    """Return the first firing later than a local time whose minutes will come once more, with the offset `second`."""
    whole = wall.replace(microsecond=0)
    repeats = _change(zone, whole - first, whole - second)
    slot = pattern.slot_after(wall)
    if slot is not None and slot - first < repeats:
        return (slot - first).replace(tzinfo=UTC)
    return _search(zone, pattern, repeats.replace(tzinfo=UTC) - _TICK, repeats + second - _TICK)


def _search(zone: ZoneInfo, pattern: Pattern, instant: datetime, wall: datetime) -> datetime | None:
    """Return the first firing later than `instant`, of the slots later than the local time `wall`."""
    while (slot := pattern.slot_after(wall)) is not None:
        before, after = _offsets(zone, slot)
        firing = (slot - before).replace(tzinfo=UTC)
        if before == after:
            return firing
        wall = slot
        if before < after:
            valid = _change(zone, slot - after, slot - before)
            if not pattern.every_pass or (after - before) % _HOUR:
                return valid.replace(tzinfo=UTC)
            wall = valid + after - _TICK
        elif firing > instant:
            return firing
        elif pattern.every_pass and (again := (slot - after).replace(tzinfo=UTC)) > instant:
            return again
    return None


def _offsets(zone: ZoneInfo, wall: datetime) -> tuple[timedelta, timedelta]:
    """Return the offsets of a local time: two of them where clocks change, the one before the change first."""
    return zone.utcoffset(wall) or _NONE, zone.utcoffset(wall.replace(fold=1)) or _NONE


def _change(zone: ZoneInfo, earlier: datetime, later: datetime) -> datetime:
    """Return when the offset changes between two times in UTC (without a zone), to the second; `later` is after it."""
    before = _offset_at(zone, earlier)
    while later - earlier > timedelta(seconds=1):
        middle = earlier + timedelta(seconds=(later - earlier) // timedelta(seconds=2))
        if _offset_at(zone, middle) == before:
            earlier = middle
        else:
            later = middle
    return later


def _offset_at(zone: ZoneInfo, utc: datetime) -> timedelta:
    return utc.replace(tzinfo=UTC).astimezone(zone).utcoffset() or _NONE
