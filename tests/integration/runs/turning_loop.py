"""Turning loop: an event loop in which the same tasks always take the same turns.

Its time passes by so much a turn, however long the machine takes for it, and jumps to what is due next when nobody has
a turn. So pauses and time-outs end at the same turn each time, at once, on a busy machine too. It is for tasks that
wait for nothing outside: no sockets, no threads.
"""

from __future__ import annotations

import asyncio
import selectors

TURN_SECONDS = 0.0001
"""About what a turn takes in earnest, so that a pause between tries is as many turns of the others."""


class _Turns(selectors.SelectSelector):
    """A selector that never waits, and counts."""

    def __init__(self) -> None:
        super().__init__()
        self.passed_seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let a turn pass, or all the time until the next timer. Raises RuntimeError when nothing will ever happen."""
        if timeout is None:
            raise RuntimeError("Every task waits for another.")
        self.passed_seconds += timeout or TURN_SECONDS
        return []


class TurningLoop(asyncio.SelectorEventLoop):
    """An event loop on counted time."""

    def __init__(self) -> None:
        self._turns = _Turns()
        super().__init__(self._turns)

    def time(self) -> float:
        """Return the seconds that have passed, by turns."""
        return self._turns.passed_seconds
