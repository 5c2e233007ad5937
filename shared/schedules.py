"""Schedules: when does one fire?

The app's own reading of NCRONTAB, for slots and for the list of timers: six fields from seconds to day-of-week, parted
by spaces, Sunday = 0, UTC, and a day must fit day-of-month AND day-of-week. cronsim finds the instants; it would take
either day field alone as enough, so that is set right here. The Functions host reads the same texts by itself, and
takes more of them: five fields, ranges written backwards, steps of nothing, names by a prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from cronsim import CronSim, CronSimError

_SECOND = timedelta(seconds=1)
_FIELDS = (
    ("second", 0, 59),
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day-of-month", 1, 31),
    ("month", 1, 12),
    ("day-of-week", 0, 6),
)
_NAMES = {
    "month": ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
    "day-of-week": ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
}
_TERM = re.compile(r"(\*|(?P<first>\w+)(-(?P<last>\w+))?)(/(?P<step>\d+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Schedule:
    """An NCRONTAB expression. Raises ValueError when it isn't one, or never fires."""

    expression: str

    def __post_init__(self) -> None:
        _plain(self.expression)

    def after(self, instant: datetime) -> datetime:
        """Return the first firing later than `instant` (aware, UTC)."""
        return next(self._firings(instant))

    def firings_after(self, instant: datetime) -> Iterator[datetime]:
        """Yield the firings later than `instant` (aware, UTC), without end."""
        return self._firings(instant)

    def latest(self, instant: datetime) -> datetime:
        """Return the last firing at or before `instant` (aware, UTC)."""
        return next(self._firings(instant.replace(microsecond=0) + _SECOND, backwards=True))

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the firings later than `after` and not later than `until`."""
        for firing in self._firings(after):
            if firing > until:
                return
            yield firing

    def shortest_gap(self) -> timedelta:
        """Return the shortest time between two of the first ten firings of the year 2026."""
        firings = self._firings(_EPOCH)
        found = [next(firings) for _ in range(10)]
        return min(later - earlier for earlier, later in pairwise(found))

    def _firings(self, start: datetime, *, backwards: bool = False) -> Iterator[datetime]:
        return _firings(_plain(self.expression), start, backwards=backwards)


_EPOCH = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


def _firings(plain: str, start: datetime, *, backwards: bool) -> CronSim:
    found = CronSim(plain, start, reverse=backwards)
    found.day_and = True
    return found


@lru_cache(maxsize=256)
def _plain(expression: str) -> str:
    """Return the expression with every field as a list of numbers, which leaves nothing to a parser's taste."""
    fields = [field for field in expression.split(" ") if field]  # the host doesn't take tabs
    if len(fields) != len(_FIELDS):
        raise ValueError(f"The schedule {expression!r} has {len(fields)} fields; it takes 6, from seconds to weekday.")
    plain = " ".join(
        _numbers(expression, text, name, least, most) for text, (name, least, most) in zip(fields, _FIELDS, strict=True)
    )
    try:
        next(_firings(plain, _EPOCH, backwards=False))
    except (CronSimError, StopIteration):
        raise ValueError(f"The schedule {expression!r} never fires.") from None
    return plain


def _numbers(expression: str, text: str, name: str, least: int, most: int) -> str:
    numbers: set[int] = set()
    for term in text.split(","):
        match = _TERM.fullmatch(term)
        if match is None:
            raise ValueError(f"The schedule {expression!r} has {term!r} as its {name}.")
        first = _number(match["first"], name) if match["first"] else least
        last = _number(match["last"], name) if match["last"] else first
        if match["first"] is None or (match["last"] is None and match["step"]):
            last = most
        step = int(match["step"] or 1)
        if first is None or last is None or not least <= first <= last <= most or step < 1:
            raise ValueError(f"The schedule {expression!r} has {term!r} as its {name}, which takes {least} to {most}.")
        numbers.update(range(first, last + 1, step))
    return ",".join(map(str, sorted(numbers)))


def _number(text: str, field: str) -> int | None:
    names = _NAMES.get(field, [])
    if text.upper() in names:
        return names.index(text.upper()) + (field == "month")
    return int(text) if text.isdecimal() else None
