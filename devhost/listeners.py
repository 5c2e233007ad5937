"""Listener: something that waits for a kind of event and runs functions for it."""

from __future__ import annotations

import asyncio
from typing import Protocol


class Listener(Protocol):
    """A source of invocations. The host starts all of them, says ready, and stops all of them."""

    def describe(self) -> str:
        """Return what is listened to, for people: ``queue taste-analysis-jobs at http://127.0.0.1:10001/…``."""
        ...

    async def start(self) -> asyncio.Task[None]:
        """Begin to listen. Returns, when events are seen from now on, the task that listens: it ends by `stop` only."""
        ...

    async def stop(self) -> None:
        """Take nothing new. Returns when what runs has ended; the host cancels the wait at its limit."""
        ...

    def running(self) -> int:
        """Return how many invocations are in flight."""
        ...

    async def invoke(self, text: str) -> None:
        """Run the function by hand with `text` as its input, beside what is listened to. Raises what it raises."""
        ...
