"""Oracle of frequencies: when does a rule run, minute by minute? It knows zoneinfo, and nothing of the app.

A window is a list of real minutes with their local times, made once; a frequency is drawn together with a test of local
times that doesn't go by its text.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC)
ZONES = (
    "America/Los_Angeles",
    "America/New_York",
    "America/St_Johns",  # offsets of half hours
    "America/Havana",  # skips midnight
    "America/Santiago",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Berlin",
    "Africa/Cairo",  # clocks are changed again since 2023, at midnight
    "Africa/Casablanca",  # changes for Ramadan
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Tehran",
    "Asia/Kolkata",
    "Asia/Kathmandu",  # +05:45
    "Australia/Adelaide",
    "Australia/Lord_Howe",  # moves by half an hour
    "Pacific/Chatham",  # +12:45
    "Antarctica/Troll",  # moves by two hours
    "UTC",
)
DAY_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


@dataclass(frozen=True, slots=True)
class Minute:
    """A real minute: its local time, whether that comes for the first time, and what clocks skipped right before it."""

    at: datetime
    wall: datetime
    first: bool
    skipped: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A frequency as a user writes it, which local times fit it, and whether it follows the real minutes."""

    written: dict[str, Any]
    fits: Callable[[datetime], bool]
    follows: bool = False

    def runs(self, minute: Minute) -> bool:
        """Whether it runs at a minute."""
        if self.fits(minute.wall) and (self.follows or minute.first):
            return True
        skipped = minute.skipped
        return bool(skipped) and not (self.follows and len(skipped) % 60 == 0) and any(map(self.fits, skipped))


@lru_cache(maxsize=8)
def minutes(zone: ZoneInfo, begin: datetime, days: int) -> tuple[Minute, ...]:
    """Return the real minutes behind `begin`, so many days of them."""
    found = []
    before = begin.astimezone(zone).replace(tzinfo=None, fold=0)
    for number in range(1, days * 24 * 60 + 1):
        at = begin + number * MINUTE
        local = at.astimezone(zone)
        wall = local.replace(tzinfo=None, fold=0)
        jump = (wall - before) // MINUTE
        found.append(Minute(at, wall, local.fold == 0, tuple(before + n * MINUTE for n in range(1, jump))))
        before = wall
    return tuple(found)


def changes(zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the days (midnight UTC) of which the offset at their end isn't that at their beginning."""
    day = BEGIN
    while day < END:
        if day.astimezone(zone).utcoffset() != (day + DAY).astimezone(zone).utcoffset():
            yield day
        day += DAY


def month_ends() -> list[datetime]:
    """Return the last day of each month."""
    return [
        datetime(year, month, calendar.monthrange(year, month)[1], tzinfo=UTC)
        for year in range(BEGIN.year, END.year)
        for month in range(1, 13)
    ]


def draw(random: Random, type_: str, hours: tuple[int, ...]) -> Drawn:
    """Return a frequency of a type, often at one of the `hours`."""
    hour = random.choice(hours) if random.random() < 0.7 else random.randrange(24)
    minute = random.choice((0, 15, 30, 45, random.randrange(60)))
    timed = {"type": type_, "time": f"{hour:02}:{minute:02}"}

    def at_time(wall: datetime) -> bool:
        return wall.minute == minute and wall.hour == hour

    if type_ == "cron":
        return _cron(random, hours)
    if type_ == "hourly":
        return Drawn(timed, lambda wall: wall.minute == minute, follows=True)
    if type_ == "weekly":
        days = random.sample(range(8), random.randint(1, 5))
        listed = [random.choice((day, DAY_NAMES[day % 7])) for day in days]
        return Drawn(timed | {"dayOfWeek": listed}, lambda wall: at_time(wall) and _weekday(wall, days))
    if type_ == "monthly":
        listed = random.sample([*range(1, 32), 29, 30, 31, "last", "last"], random.randint(1, 9))
        return Drawn(timed | {"dayOfMonth": listed}, lambda wall: at_time(wall) and _day(wall, listed))
    return Drawn(timed, at_time)


def _weekday(wall: datetime, days: list[int]) -> bool:
    return wall.isoweekday() in days or wall.isoweekday() % 7 in days


def _day(wall: datetime, days: list[Any]) -> bool:
    return wall.day in days or ("last" in days and (wall + DAY).day == 1)


def _cron(random: Random, hours: tuple[int, ...]) -> Drawn:
    minute, in_minutes = _field(random, 0, 59, (0, 15, 30, 45))
    hour, in_hours = _field(random, 0, 23, hours)
    day, in_days = ("*", [*range(1, 32)]) if random.random() < 0.6 else _field(random, 1, 31, (1, 28, 29, 30, 31))
    month, in_months = ("*", [*range(1, 13)]) if random.random() < 0.8 else _field(random, 1, 12, (2, 3, 10, 11))
    week, in_week = ("*", [*range(8)]) if random.random() < 0.6 else _field(random, 0, 7, (0, 6, 7))
    if day[0] != "*" and random.random() < 0.3:
        day, in_days = f"{day},L", [*in_days, "last"]
    both = day[0] == "*" or week[0] == "*"
    follows = minute[0] == "*" or hour[0] == "*" or len({*in_minutes}) == 60 or len({*in_hours}) == 24

    def on_day(wall: datetime) -> bool:
        days = (_day(wall, in_days), _weekday(wall, in_week))
        return wall.month in in_months and (all(days) if both else any(days))

    def fits(wall: datetime) -> bool:
        return wall.minute in in_minutes and wall.hour in in_hours and on_day(wall)

    if not any(on_day(BEGIN + number * DAY) for number in range(366 * 28)):
        return _cron(random, hours)  # it would never come
    return Drawn({"type": "cron", "expression": f"{minute} {hour} {day} {month} {week}"}, fits, follows)


def _field(random: Random, least: int, most: int, liked: tuple[int, ...]) -> tuple[str, list[Any]]:
    """Return a field as text, and the numbers that it stands for."""
    if random.random() < 0.5:
        numbers = [random.choice(liked) for _ in range(random.randint(1, 3))]
        return ",".join(map(str, numbers)), numbers
    first = random.randint(least, most)
    last, step = random.randint(first, most), random.randint(1, 1 + (most - least) // 2)
    return random.choice(
        [
            ("*", [*range(least, most + 1)]),
            (f"*/{step}", [*range(least, most + 1, step)]),
            (f"{first}-{last}", [*range(first, last + 1)]),
            (f"{first}-{last}/{step}", [*range(first, last + 1, step)]),
            (f"{first}/{step}", [*range(first, most + 1, step)]),
        ]
    )
