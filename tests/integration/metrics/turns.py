"""Several processes at once: their operations go on one at a time, in an order that a seed decides.

The process that ranks highest goes on, until at a few moments it falls behind all others: so one may stand still in the
middle of its work while others do all of theirs, which equal chances at every step would hardly ever let happen.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

_STEPS = 40
"""More turns of the loop than lie between any two operations of a task."""
_FALLS = 4
_FIRST_OPERATIONS = 50
"""Falls happen within so many operations of all processes."""
_MOST_OPERATIONS = 5_000


class Turns:
    """Lets whoever waits for his turn go on, one at a time."""

    def __init__(self, seed: int) -> None:
        order = random.Random(seed)
        self._order = order
        self._falls = {order.randrange(_FIRST_OPERATIONS) for _ in range(_FALLS)}
        self._ranks: dict[int, float] = {}
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def of(self, process: int) -> Callable[[str], Awaitable[None]]:
        """Return how a process waits for its turn."""
        self._ranks[process] = self._order.random()

        async def turn(operation: str) -> None:
            mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((process, mine))
            await mine

        return turn

    async def run(self, *works: Coroutine[Any, Any, Any]) -> None:
        """Do all of it at once."""
        tasks = [asyncio.ensure_future(work) for work in works]
        for number in range(_MOST_OPERATIONS):
            for _ in range(_STEPS):
                await asyncio.sleep(0)
            # Those of a lane are cancelled when another one fails.
            self._waiting = [waiting for waiting in self._waiting if not waiting[1].done()]
            if self._waiting:
                self._let_go_on(number)
            elif all(task.done() for task in tasks):
                for task in tasks:
                    task.result()
                return
        raise AssertionError("there is always another operation")

    def _let_go_on(self, number: int) -> None:
        chosen = max(self._waiting, key=lambda waiting: self._ranks[waiting[0]])
        self._waiting.remove(chosen)
        if number in self._falls:
            self._ranks[chosen[0]] = -number - 1
        chosen[1].set_result(None)
