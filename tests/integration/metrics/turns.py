"""Several processes at once: their operations go on one at a time, in an order that a seed decides."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

_STEPS = 40
"""More turns of the loop than lie between any two operations of a task."""
_MOST_OPERATIONS = 5_000


class Turns:
    """Lets whoever waits for his turn go on, one at a time."""

    def __init__(self, seed: int) -> None:
        self._order = random.Random(seed)
        self._waiting: list[asyncio.Future[None]] = []

    async def turn(self, operation: str) -> None:
        """Wait for one's turn."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        await mine

    async def run(self, *works: Coroutine[Any, Any, Any]) -> None:
        """Do all of it at once."""
        tasks = [asyncio.ensure_future(work) for work in works]
        for _ in range(_MOST_OPERATIONS):
            for _ in range(_STEPS):
                await asyncio.sleep(0)
            if self._waiting:
                self._waiting.pop(self._order.randrange(len(self._waiting))).set_result(None)
            elif all(task.done() for task in tasks):
                for task in tasks:
                    task.result()
                return
        raise AssertionError("there is always another operation")
