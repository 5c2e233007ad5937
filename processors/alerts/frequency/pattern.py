"""Patterns: which local times does a cron expression of five fields match?

The grammar and the rule for days are those of Vixie's cron, crontab(5), which extends POSIX: where neither
day-of-month nor day-of-week begins with ``*``, a day fits when either does; otherwise it has to fit both. ``L`` among
the days of a month is its last one. A pattern knows no zone: processors/alerts/frequency/instants.py does.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, datetime
from functools import lru_cache

from shared.cron_fields import DAY_OF_MONTH, DAYS, HOUR, MINUTE, MONTH, Field

_DAY_OF_WEEK = Field("day-of-week", 0, 7, (*DAYS, "SUN"))
_FIELDS = (MINUTE, HOUR, DAY_OF_MONTH, MONTH, _DAY_OF_WEEK)
_LAST = "L"
_LONGEST = 400
"""The longest expression that is read, in characters. Each minute, hour, day and month by its number takes 370."""
_LENGTHS = {1: (31,), 2: (28, 29), **dict.fromkeys((4, 6, 9, 11), (30,)), **dict.fromkeys((3, 5, 7, 8, 10, 12), (31,))}
_month = lru_cache(maxsize=4096)(monthrange)
_MONTHS_AHEAD = 12 * 41
"""How far a slot is looked for. The rarest, a 29 February on one weekday, comes each 28 years, or 40 around 2100."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What an expression matches, ready to be looked up.

    `times` are minutes of the day, ascending. `months` holds for each month, by its length less 28 and the weekday of
    its first day (Monday = 0), the days as bits; nothing for a month that doesn't match. `every_pass`: its minute or
    hour is a wildcard, so it follows the real minutes: see docs/alert-rules.md.
    """

    times: tuple[int, ...]
    months: tuple[tuple[tuple[int, ...], ...] | None, ...]
    every_pass: bool

    def slot_after(self, wall: datetime) -> datetime | None:
        """Return the first slot later than `wall`, both local times without a zone; None when there is none."""
        year, month, day = wall.year, wall.month, wall.day
        days = self._days(year, month)
        if days >> day & 1:
            index = bisect_right(self.times, wall.hour * 60 + wall.minute)
            if index < len(self.times):
                hour, minute = divmod(self.times[index], 60)
                return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - local, the caller knows the zone
        days = days >> day + 1 << day + 1
        for _ in range(_MONTHS_AHEAD):
            if days:
                hour, minute = divmod(self.times[0], 60)
                return datetime(year, month, (days & -days).bit_length() - 1, hour, minute)  # noqa: DTZ001
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
            if year >= MAXYEAR:
                return None
            days = self._days(year, month)
        return None

    def _days(self, year: int, month: int) -> int:
        by_length = self.months[month]
        if by_length is None:
            return 0
        first, length = _month(year, month)
        return by_length[length - 28][first]


@lru_cache(maxsize=4096)
def pattern_of(expression: str) -> Pattern:
    """Return the pattern of an expression. Raises ValueError, whose text goes on after "The expression …"."""
    if len(expression) > _LONGEST:
        raise ValueError(f"has {len(expression)} characters; it takes {_LONGEST} at most")
    fields = expression.split()
    if len(fields) != len(_FIELDS):
        names = ", ".join(field.name for field in _FIELDS)
        raise ValueError(f"has {len(fields)} fields; it takes 5: {names}")
    minute, hour, day, month, weekday = fields
    numbered = [one for one in day.split(",") if one.upper() != _LAST]
    try:
        minutes, hours, months = MINUTE.numbers(minute), HOUR.numbers(hour), MONTH.numbers(month)
        weekdays = {number % 7 for number in _DAY_OF_WEEK.numbers(weekday)}
        dates = DAY_OF_MONTH.numbers(",".join(numbered)) if numbered else set[int]()
    except ValueError as error:
        raise ValueError(f"has {error}") from None
    both = day.startswith("*") or weekday.startswith("*")
    days = _days_of_months(dates, _LAST in day.upper().split(","), weekdays, both=both)
    if not any(any(days[length - 28]) for number in months for length in _LENGTHS[number]):
        raise ValueError("never comes: no month of it has such a day")
    return Pattern(
        times=tuple(60 * hour + minute for hour in sorted(hours) for minute in sorted(minutes)),
        months=tuple(days if number in months else None for number in range(13)),
        every_pass=_is_wild(minute, minutes, MINUTE) or _is_wild(hour, hours, HOUR),
    )


def _days_of_months(dates: set[int], last: bool, weekdays: set[int], *, both: bool) -> tuple[tuple[int, ...], ...]:
    """Return the days as bits (day 1 is bit 1) by the month's length less 28 and the weekday of its first day."""
    by_date = sum(1 << number for number in dates)
    by_weekday = [
        sum(1 << day for day in range(1, 32) if (first + day) % 7 in weekdays)  # Sunday is 0 here, and 6 of `first`
        for first in range(7)
    ]
    found = []
    for length in range(28, 32):
        there = (2 << length) - 2
        dated = (by_date | (1 << length if last else 0)) & there
        found.append(tuple((dated & week if both else dated | week) & there for week in by_weekday))
    return tuple(found)


def _is_wild(text: str, numbers: set[int], field: Field) -> bool:
    return text.startswith("*") or len(numbers) == field.most + 1
