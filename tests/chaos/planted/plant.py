"""How is a bug planted?

Each is a patch of the real runtime that takes one rule of the protocol away, as a context manager; its docstring says
what goes wrong then.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from shared.errors import Conflict
from shared.jobs import decide, transitions

Plant = Callable[[], AbstractContextManager[Any]]
PLANTED: dict[str, Plant] = {}


def bug(plant: Callable[[], Iterator[None]]) -> Plant:
    """Add a planted bug to the list."""
    PLANTED[plant.__name__] = made = contextmanager(plant)
    return made


def deciding(change: Callable[..., Any]) -> AbstractContextManager[Any]:
    """Patch the decision: `change(original, record, **rest)` is asked instead."""
    original = decide.decide
    return patch.object(decide, "decide", lambda record, **rest: change(original, record, **rest))


def transition(name: str, change: Callable[..., Any]) -> AbstractContextManager[Any]:
    """Patch a transition: `change(what it returns, *what it got)` is returned instead."""
    original = getattr(transitions, name)
    return patch.object(transitions, name, lambda *args, **more: change(original(*args, **more), *args))


@contextmanager
def sending_after_the_record(where: type, name: str) -> Iterator[None]:
    """Patch a method that sends before it writes a record: it sends afterwards."""
    original = getattr(where, name)

    async def record_first(self: Any, *what: Any, **how: Any) -> Any:
        late = LateQueues(self._queues)
        answer = await original(with_parts(self, _queues=late), *what, **how)
        await late.send_now()
        return answer

    with patch.object(where, name, record_first):
        yield


def with_parts(original: Any, **parts: Any) -> Any:
    """Return a copy of an object with other parts, so that nobody else meets the bug's."""
    changed = copy.copy(original)
    for name, part in parts.items():
        setattr(changed, name, part)
    return changed


class LateQueues:
    """Queues that send when told."""

    def __init__(self, true: Any) -> None:
        self._true = true
        self._sent: list[tuple[Any, Any]] = []

    async def send(self, *message: Any, **how: Any) -> str:
        self._sent.append((message, how))
        return ""

    async def send_now(self) -> None:
        for message, how in self._sent:
            await self._true.send(*message, **how)


class Untouched:
    """Records that nobody writes."""

    def __init__(self, true: Any = None) -> None:
        self.get = true.get if true else None

    async def create(self, record: Any) -> None:
        raise Conflict("left as it is")

    async def replace(self, held: Any, record: Any) -> Any:
        return held
