"""Schedules of timers: is the text an NCRONTAB expression, or a time span between runs?"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Protocol

from devhost.errors import FunctionInError
from devhost.ncrontab import NEVER, Ncrontab, fields_of

_MINUTE = timedelta(minutes=1)

# .NET's forms, and no sign: d, hh:mm, hh:mm:ss.fff, d.hh:mm:ss and d:hh:mm:ss. Any number may have leading zeros.
_SPAN = re.compile(
    r"(?:(\d{1,8})(?:[.:](?=\d+:\d+:)|\.))?(\d{1,8}):(0*\d{1,2})(?::(0*\d{1,2})(?:\.(\d{1,7}))?)?", re.ASCII
)
_DAYS_ONLY = re.compile(r"\d{1,8}", re.ASCII)


class Schedule(Protocol):
    """When a timer fires."""

    def after(self, instant: datetime) -> datetime:
        """Return the first firing later than `instant` (aware, UTC), or NEVER."""
        ...

    def fires_within_each_minute(self) -> bool:
        """Say whether it fires so often that the host keeps no status of it."""
        ...


class Every:
    """A time span between two runs, counted from the start of the first."""

    def __init__(self, span: timedelta) -> None:
        self.span = span

    def __str__(self) -> str:
        return f"every {self.span}"

    def after(self, instant: datetime) -> datetime:
        """Return `instant` plus the span."""
        return instant + self.span if self.span < NEVER - instant else NEVER

    def fires_within_each_minute(self) -> bool:
        """Say whether the span is below a minute."""
        return self.span < _MINUTE


def parse(text: str) -> Schedule:
    """Return the schedule that `text`, its %SETTINGS% filled, means. Raises FunctionInError as the host refuses it."""
    if len(fields_of(text)) > 1:
        return Ncrontab(text)
    span = parse_span(text.strip())
    if span is None:
        raise FunctionInError(
            f"its schedule {text!r} is neither NCRONTAB (second minute hour day month weekday) nor a time span hh:mm:ss"
        )
    if not span:
        raise FunctionInError(f"its schedule {text!r} leaves no time between two runs")
    return Every(span)


def parse_span(text: str) -> timedelta | None:
    """Return the time span that `text` is in .NET, or None when it is none, or a negative one."""
    if _DAYS_ONLY.fullmatch(text):
        return timedelta(days=int(text))
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.group(1, 2, 3, 4))
    if match[1] is None and match[4] is not None and hours > 23:
        # An hour beyond 23 makes .NET read days:hours:minutes, which surprises all who write 24:00:00 for a day.
        days, hours, minutes, seconds = hours, minutes, seconds, 0
        if match[5] is not None:
            return None
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    return timedelta(days, seconds + float(f"0.{match[5] or 0}"), hours=hours, minutes=minutes)
