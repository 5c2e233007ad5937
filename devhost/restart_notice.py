"""Restart notice: when would Azure's host have been shut down and started again, where this one goes on?

There, storage that refuses connections for as long as the SDK tries (about 25 s), and a timer's lock that can't be
renewed, are errors that nobody handles: the host ends, and the platform starts another. What runs is cut off, and its
messages come back when their visibility ends. devhost goes on, which is kinder, so it says so: once an outage.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

REFUSED_SECONDS = 25.0
"""How long the host's SDK goes on trying: 6 times."""

_log = logging.getLogger("devhost")


class Runs(Protocol):
    """What runs, of one function."""

    def running(self) -> int:
        """Return how many invocations are in flight."""
        ...

    def back_at(self) -> list[float]:
        """Return when the messages in hand would come back by themselves, on the monotonic clock."""
        ...


class RestartNotice:
    """Says once an outage that Azure's host would be restarted. `now` is the monotonic clock, in seconds."""

    def __init__(self, refused_seconds: float = REFUSED_SECONDS, now: Callable[[], float] = time.monotonic) -> None:
        self._refused_seconds = refused_seconds
        self._now = now
        self._runs: list[Runs] = []
        self._refused_since: dict[str, float] = {}
        self._told: set[str] = set()

    def watch(self, runs: Runs) -> None:
        """Count what `runs` among what would be cut off."""
        self._runs.append(runs)

    def refused(self, storage: str) -> None:
        """Note that the service at `storage` refuses connections; tell when it has done so for too long."""
        now = self._now()
        since = self._refused_since.setdefault(storage, now)
        if now - since >= self._refused_seconds and storage not in self._told:
            self._told.add(storage)
            self._tell(f"{storage} has refused connections for {now - since:.0f} s")

    def answered(self, storage: str) -> None:
        """Note that the service at `storage` answers: an outage is over."""
        self._refused_since.pop(storage, None)
        self._told.discard(storage)

    def lock_lost(self, function_name: str) -> None:
        """Tell that the lock of a timer could not be renewed, unless an outage is told already."""
        if not self._told:
            self._tell(f"The lock of {function_name} could not be renewed")

    def _tell(self, why: str) -> None:
        _log.error(
            "%s: here Azure's host would shut down and be started again. %s devhost goes on.", why, self._cut_off()
        )

    def _cut_off(self) -> str:
        running = sum(runs.running() for runs in self._runs)
        if not running:
            return "Nothing runs that would be cut off."
        back = sorted(at for runs in self._runs for at in runs.back_at())
        text = f"What runs ({running}) would be cut off"
        if back:
            first, last = self._clock_time(back[0]), self._clock_time(back[-1])
            text += (
                f"; its messages would come back at {first}"
                if first == last
                else (f"; its messages would come back from {first} to {last}")
            )
            text += " UTC"
        if running > len(back):
            text += "; a timer's run would come again, past due, once its lock has ended"
        return text + "."

    def _clock_time(self, at: float) -> str:
        return f"{datetime.now(UTC) + timedelta(seconds=at - self._now()):%H:%M:%S}"
