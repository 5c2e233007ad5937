"""Polling back-off: how long does an empty queue rest before the next look?

About 0.1, 0.2, 0.3, 0.5, 0.9, 1.7 s … up to the cap; the growing part varies by 20 % either way, so that many hosts
don't ask in step. A poll that finds something starts the row anew.
"""

from __future__ import annotations

import random
from collections.abc import Callable

FIRST_SECONDS = 0.1
JITTER = 0.2


class Backoff:
    """The row of rests of one queue. `cap_seconds` is host.json's maxPollingInterval."""

    def __init__(self, cap_seconds: float, uniform: Callable[[float, float], float] = random.uniform) -> None:
        self._cap = cap_seconds
        self._uniform = uniform
        self._doublings = -1
        self._at_cap = False

    def found(self) -> None:
        """Note that a poll found messages."""
        self._doublings = -1
        self._at_cap = False

    def next_seconds(self) -> float:
        """Return the rest after a poll that found nothing, in seconds."""
        if self._at_cap:
            return self._cap
        rest = FIRST_SECONDS
        if self._doublings >= 0:
            rest += FIRST_SECONDS * 2**self._doublings * self._uniform(1 - JITTER, 1 + JITTER)
        if rest >= self._cap:
            self._at_cap = True
            return self._cap
        self._doublings += 1
        return rest
