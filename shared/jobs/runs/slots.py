"""Slots: which one is it now, and how is one written?

A slot is a scheduled instant. Its text names the run: the instant itself, its day, or its ISO week, all in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, get_args

from shared import clock
from shared.errors import UsageError
from shared.schedules import Schedule

SlotForm = Literal["week", "day", "instant"]
_FORMS: tuple[SlotForm, ...] = get_args(SlotForm)
_LOOKS_LIKE = {"week": "2026-W48", "day": "2026-11-23", "instant": "2026-11-23T09:00:00.000Z"}
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot: its `text`, which names it, and the scheduled instant `at` (UTC)."""

    text: str
    at: datetime


def not_due_text(slot: Slot) -> str:
    """Return what is said of a slot that is asked for too early."""
    return f"Slot {slot.text} is yet to come, at {clock.to_text(slot.at)}: its timer runs it."


def not_before(text: str) -> datetime | None:
    """Return the first instant that a slot's text, of any form, may mean; None for what is no slot's text."""
    for form in _FORMS:
        try:
            return _span(text, form)[0]
        except UsageError:
            continue
    return None


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
        begin, end = _span(text, self.form)
        firing = next(self.schedule.between(begin - timedelta(milliseconds=1), end), None)
        return self.at(firing or begin)

    def named(self, text: str) -> Slot:
        """Return the scheduled slot that a text names. Raises UsageError for any other text."""
        begin, end = _span(text, self.form)
        firing = next(self.schedule.between(begin - timedelta(milliseconds=1), end), None)
        if firing is None:
            before, after = self.at(self.schedule.latest(begin)), self.at(self.schedule.after(end))
            raise UsageError(
                f"{text!r} is no slot of schedule {self.schedule.expression!r}; those around it are {before.text} and "
                f"{after.text}.",
                code="slot_unscheduled",
            )
        return self.at(firing)


def _span(text: str, form: SlotForm) -> tuple[datetime, datetime]:
    """Return the first and the last instant that a text may mean. Raises UsageError for any other text."""
    try:
        if form == "instant":
            instant = clock.parse(text)
            return instant, instant
        if form == "day" and _DAY.fullmatch(text):
            begin, length = _midnight(date.fromisoformat(text)), timedelta(days=1)
            return begin, begin + length - timedelta(milliseconds=1)
        if form == "week" and (week := _WEEK.fullmatch(text)):
            begin = _midnight(date.fromisocalendar(int(week[1]), int(week[2]), 1))
            return begin, begin + timedelta(days=7, milliseconds=-1)
    except (ValueError, OverflowError):
        pass
    raise UsageError(
        f"{text!r} is no slot; it takes {_kind_of(form)}, such as {_LOOKS_LIKE[form]}.", code="slot_invalid"
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
