"""Frequency: how often an alert rule runs, and in which time zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

from processors.alerts.frequency.pattern import Pattern, pattern_of

Type = Literal["daily", "weekly", "monthly", "hourly", "cron"]
Day = int | Literal["last"]


@dataclass(frozen=True, slots=True)
class Frequency:
    """A frequency that was read and checked: make it by `parse`.

    `time` is "HH:MM" (empty for cron; of hourly only the minute counts). `days` are ascending: weekdays (Sunday = 0) of
    weekly, days of the month of monthly, where "last" stands last. `expression` is that of cron.
    """

    type: Type
    timezone: str
    time: str = ""
    days: tuple[Day, ...] = ()
    expression: str = ""
    zone: ZoneInfo = field(init=False, repr=False, compare=False)
    pattern: Pattern = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone", ZoneInfo(self.timezone))
        object.__setattr__(self, "pattern", pattern_of(self.cron()))

    def as_json(self) -> dict[str, Any]:
        """Return it as users write it, in its canonical form; `parse` makes the same value of it."""
        body: dict[str, Any] = {"type": self.type}
        body |= {"expression": self.expression} if self.type == "cron" else {"time": self.time}
        if self.type == "weekly":
            body["dayOfWeek"] = list(self.days)
        if self.type == "monthly":
            body["dayOfMonth"] = list(self.days)
        return body | {"timezone": self.timezone}

    def cron(self) -> str:
        """Return its cron form, five fields: ``0 10 * * 1,3,5``. The last day of a month is ``L``."""
        if self.type == "cron":
            return self.expression
        hour, minute = (int(part) for part in self.time.split(":"))
        days = ",".join("L" if day == "last" else str(day) for day in self.days)
        match self.type:
            case "hourly":
                return f"{minute} * * * *"
            case "weekly":
                return f"{minute} {hour} * * {days}"
            case "monthly":
                return f"{minute} {hour} {days} * *"
            case _:
                return f"{minute} {hour} * * *"


DEFAULT = Frequency("daily", "America/Los_Angeles", "00:00")
"""How often a rule runs whose frequency isn't said."""
