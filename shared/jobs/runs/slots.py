"""Which slot is it, and how is a slot written?

A slot is a scheduled instant. Its text names the run: the instant itself, its day, or its ISO week, all in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from shared import clock
from shared.errors import UsageError
from shared.schedules import Schedule

SlotForm = Literal["week", "day", "instant"]
_LOOKS_LIKE = {"week": "2026-W48", "day": "2026-11-23", "instant": "2026-11-23T09:00:00.000Z"}
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot: its `text`, which names it, and the scheduled instant `at` (UTC)."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of a schedule, written in one form.

    A schedule that fires more than once a week (or day) has slots whose texts coincide, unless the form is ``instant``.
    """

    schedule: Schedule
    form: SlotForm

    def at(self, instant: datetime) -> Slot:
        """Return the slot of a scheduled instant."""
        return Slot(_text(instant, self.form), instant)

    def latest(self, now: datetime, tolerance: timedelta = timedelta()) -> Slot:
        """Return the latest slot at or before `now` + `tolerance`: hosts fire a little early."""
        return self.at(self.schedule.latest(now + tolerance))

    def between(self, after: datetime, until: datetime) -> Iterator[Slot]:
        """Yield the slots later than `after` and not later than `until`."""
        return map(self.at, self.schedule.between(after, until))

    def read(self, text: str) -> Slot:
        """Return the slot that a text names, also one of an earlier schedule. Raises UsageError for any other text."""
        begin, end = self._span(text)
        firing = next(self.schedule.between(begin - timedelta(milliseconds=1), end), None)
        return self.at(firing or begin)

    def named(self, text: str) -> Slot:
        """Return the scheduled slot that a text names. Raises UsageError for any other text."""
        begin, end = self._span(text)
        firing = next(self.schedule.between(begin - timedelta(milliseconds=1), end), None)
        if firing is None:
            before, after = self.at(self.schedule.latest(begin)), self.at(self.schedule.after(end))
            raise UsageError(
                f"{text!r} is no slot of schedule {self.schedule.expression!r}; those around it are {before.text} and "
                f"{after.text}.",
                code="slot_unscheduled",
            )
        return self.at(firing)

    def _span(self, text: str) -> tuple[datetime, datetime]:
        """Return the first and the last instant that a text may mean."""
        try:
            if self.form == "instant":
                instant = clock.parse(text)
                return instant, instant
            if self.form == "day" and _DAY.fullmatch(text):
                begin, length = _midnight(date.fromisoformat(text)), timedelta(days=1)
                return begin, begin + length - timedelta(milliseconds=1)
            if self.form == "week" and (week := _WEEK.fullmatch(text)):
                begin = _midnight(date.fromisocalendar(int(week[1]), int(week[2]), 1))
                return begin, begin + timedelta(days=7, milliseconds=-1)
        except (ValueError, OverflowError):
            pass
        raise UsageError(
            f"{text!r} is no slot; it takes {_kind_of(self.form)}, such as {_LOOKS_LIKE[self.form]}.",
            code="slot_invalid",
        )


def _text(instant: datetime, form: SlotForm) -> str:
    if form == "instant":
        return clock.to_text(instant)
    if form == "day":
        return instant.date().isoformat()
    return clock.iso_week(instant)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _kind_of(form: SlotForm) -> str:
    return {"week": "an ISO week", "day": "a day", "instant": "an instant"}[form]
