"""Fields of cron expressions: which numbers does a text such as ``MON-FRI`` or ``*/15`` stand for?

What NCRONTAB (shared/schedules.py) and the cron of five fields have in common: lists, ranges, steps, names and ``*``.
A step after one number goes on to the end of the field: ``5/15`` is ``5-59/15``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TERM = re.compile(r"(\*|(?P<first>\w+)(-(?P<last>\w+))?)(/(?P<step>\d+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """A field that takes the numbers `least` to `most`, or `names`, the first of which is `least`."""

    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()

    def numbers(self, text: str) -> set[int]:
        """Return the numbers that a text stands for. Raises ValueError, which says what it has, and takes."""
        found: set[int] = set()
        for term in text.split(","):
            match = _TERM.fullmatch(term)
            if match is None:
                raise ValueError(f"{term!r} as its {self.name}")
            first = self._number(match["first"]) if match["first"] else self.least
            last = self._number(match["last"]) if match["last"] else first
            if match["first"] is None or (match["last"] is None and match["step"]):
                last = self.most
            step = int(match["step"] or 1)
            if first is None or last is None or not self.least <= first <= last <= self.most or step < 1:
                raise ValueError(f"{term!r} as its {self.name}, which takes {self.least} to {self.most}")
            found.update(range(first, last + 1, step))
        return found

    def _number(self, text: str) -> int | None:
        if text.upper() in self.names:
            return self.names.index(text.upper()) + self.least
        return int(text) if text.isdecimal() else None


DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
SECOND = Field("second", 0, 59)
MINUTE = Field("minute", 0, 59)
HOUR = Field("hour", 0, 23)
DAY_OF_MONTH = Field("day-of-month", 1, 31)
MONTH = Field("month", 1, 12, ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"))
DAY_OF_WEEK = Field("day-of-week", 0, 6, DAYS)
