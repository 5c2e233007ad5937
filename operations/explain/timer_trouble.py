"""Trouble of housekeeping timers: has one stopped, or does it fail, on which others wait?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared import clock, instants
from shared.lengths import length

MISSED = 3
"""A timer that has missed so many of its times counts as stopped."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A housekeeping timer: how often it fires, and the heartbeat that it left (None: none yet)."""

    name: str
    every: timedelta
    body: Mapping[str, Any] | None

    @property
    def last_start(self) -> datetime | None:
        """When it fired last; None: never."""
        text = (self.body or {}).get("lastStart")
        return clock.parse(text) if text else None


def trouble(beat: Beat, now: datetime) -> str | None:
    """Return what is wrong with a timer; None when nothing is."""
    started = beat.last_start
    if started is None:
        return f"{beat.name} has never fired"
    if now - started > MISSED * beat.every:
        return f"{beat.name} hasn't fired for {length(now - started)}"
    error = (beat.body or {}).get("lastError")
    if error and error["at"] > (beat.body or {}).get("lastSuccess", ""):
        at = instants.short(clock.parse(error["at"]), now)
        return f"{beat.name} failed last, at {at}: {error['code']}: {error['message']}"
    return None
