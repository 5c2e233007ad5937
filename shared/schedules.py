"""Schedules: when does one fire?

The app's own reading of NCRONTAB, for slots and for the list of timers: six fields from seconds to day-of-week, parted
by spaces, Sunday = 0, UTC, and a day must fit day-of-month AND day-of-week. cronsim finds the instants; it would take
either day field alone as enough, so that is set right here. The Functions host reads the same texts by itself, and
takes more of them: five fields, ranges written backwards, steps of nothing, names by a prefix.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from cronsim import CronSim, CronSimError

from shared.cron_fields import DAY_OF_MONTH, DAY_OF_WEEK, HOUR, MINUTE, MONTH, SECOND, Field

_SECOND = timedelta(seconds=1)
_FIELDS = (SECOND, MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK)


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
    """Return the expression with every field as a list of numbers or a ``*``: it leaves nothing to a parser's taste."""
    fields = [field for field in expression.split(" ") if field]  # the host doesn't take tabs
    if len(fields) != len(_FIELDS):
        raise ValueError(f"The schedule {expression!r} has {len(fields)} fields; it takes 6, from seconds to weekday.")
    try:
        found = [field.numbers(text) for field, text in zip(_FIELDS, fields, strict=True)]
    except ValueError as error:
        raise ValueError(f"The schedule {expression!r} has {error}.") from None
    plain = " ".join(map(_listed, _FIELDS, found))
    try:
        next(_firings(plain, _EPOCH, backwards=False))
    except (CronSimError, StopIteration):
        raise ValueError(f"The schedule {expression!r} never fires.") from None
    return plain


def _listed(field: Field, numbers: set[int]) -> str:
    # The parser reads a list number by number, each time that a schedule is asked.
    is_whole = len(numbers) == field.most - field.least + 1
    return "*" if is_whole else ",".join(map(str, sorted(numbers)))
