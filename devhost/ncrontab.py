"""NCRONTAB expressions: when does one fire next?

As the host's own parser reads it: six fields from seconds to day-of-week, or five (second 0), parted by spaces and by
nothing else; Sunday is 0; months and days by name, a prefix is enough; lists, ranges (also written backwards) and
steps; no ? L W #; UTC. A day must fit day-of-month AND day-of-week. cronsim finds the instants; it would take either
day field alone, so that is set here.
"""

from __future__ import annotations

from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

from devhost.errors import FunctionInError

NEVER = datetime.max.replace(tzinfo=UTC)
"""The next firing of an expression that never fires, such as 30 February's."""

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("second", 0, 59, ()),
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day-of-month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day-of-week", 0, 6, _DAYS),
)


class Ncrontab:
    """A parsed expression. Raises FunctionInError, naming field and term, where the host's parser would fail."""

    def __init__(self, expression: str) -> None:
        fields = fields_of(expression)
        if len(fields) == 5:
            fields.insert(0, "0")
        if len(fields) != 6:
            raise FunctionInError(
                f"its schedule {expression!r} has {len(fields)} fields; write six, from second to day-of-week, or five"
            )
        self.expression = " ".join(fields_of(expression))
        self._numbers = [_numbers(expression, text, *field) for text, field in zip(fields, _FIELDS, strict=True)]
        # Lists of numbers leave nothing to cronsim's own reading of names, steps, L and #.
        self._plain = " ".join(",".join(map(str, sorted(numbers))) for numbers in self._numbers)

    def __str__(self) -> str:
        return self.expression

    def after(self, instant: datetime) -> datetime:
        """Return the first firing later than `instant` (aware, UTC), in whole seconds; NEVER when there is none."""
        try:
            firings = CronSim(self._plain, instant)
            firings.day_and = True
            return next(firings)
        except (CronSimError, StopIteration, OverflowError):
            return NEVER

    def fires_within_each_minute(self) -> bool:
        """Say whether it fires more than once in every minute: the host keeps no status of such a schedule."""
        seconds, *others = self._numbers
        whole = [set(range(least, most + 1)) for _, least, most, _ in _FIELDS[1:]]
        return len(seconds) > 1 and others == whole


def fields_of(text: str) -> list[str]:
    """Return the parts of `text` between spaces: a tab doesn't part fields, but spoils the one that it is in."""
    return [field for field in text.split(" ") if field]


def _numbers(expression: str, text: str, field: str, least: int, most: int, names: tuple[str, ...]) -> set[int]:
    numbers: set[int] = set()
    for term in text.split(","):
        try:
            numbers |= _of_term(term, least, most, names)
        except ValueError:
            named = f", or a name such as {names[0]}" if names else ""
            raise FunctionInError(
                f"its schedule {expression!r} has {term!r} as its {field}, which takes {least} to {most}{named}"
            ) from None
    return numbers


def _of_term(term: str, least: int, most: int, names: tuple[str, ...]) -> set[int]:
    base, slash, step_text = term.partition("/")
    step = _whole(step_text) if slash else 1
    if base == "*":
        first, last = least, most
    else:
        start, dash, end = base.partition("-")
        first = _value(start, least, names)
        last = _value(end, least, names) if dash else (most if slash else first)
    first, last = min(first, last), max(first, last)
    if first < least or last > most:
        raise ValueError(term)
    return set(range(first, last + 1, max(1, step)))


def _value(text: str, least: int, names: tuple[str, ...]) -> int:
    if text[:1].isdigit():
        return _whole(text)
    if text:
        for index, name in enumerate(names):
            if name.startswith(text.lower()):
                return least + index
    raise ValueError(text)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(text)
    return int(text)
