"""How many operations of the store does a job take?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.documents.sqlite import SqliteDocuments
from shared.errors import Transient
from tests.integration.jobs.worlds import MovingClock, WatchedWorld, world

ERRAND = '{"name": "a"}'


class Counting:
    """The store, counting the calls that concern jobs."""

    def __init__(self) -> None:
        self._inner = SqliteDocuments(":memory:")
        self.calls: list[str] = []

    def __getattr__(self, operation: str) -> Any:
        call: Callable[..., Any] = getattr(self._inner, operation)

        def counted(container: Any, *arguments: Any, **more: Any) -> Any:
            if container.name == "jobs":
                self.calls.append(operation)
            return call(container, *arguments, **more)

        return counted


@pytest.fixture
def of(time: MovingClock) -> WatchedWorld:
    """A world whose store counts."""
    return world(documents=Counting())


def spent(of: WatchedWorld) -> list[str]:
    """Return the calls since it was last asked."""
    counting = of.documents._inner
    calls, counting.calls = counting.calls, []
    return calls


async def test_a_new_message_of_another_producer_is_not_looked_for(of: WatchedWorld) -> None:
    await of.handle(ERRAND)

    assert spent(of) == ["create", "replace"]


async def test_the_message_of_a_job_that_is_there_is_read_once(of: WatchedWorld) -> None:
    await of.handle(ERRAND)
    spent(of)

    assert (await of.handle(ERRAND)).what == "ended"
    assert spent(of) == ["create", "get"]


async def test_a_message_of_ours_is_looked_for_first(of: WatchedWorld) -> None:
    await of.producer.enqueue(of.kind, {"name": "a"}, by="ada")
    asked = spent(of)
    await of.deliver()

    assert asked == ["get", "create"]
    assert spent(of) == ["get", "replace", "replace"]


async def test_a_message_that_comes_again_is_looked_for_first(of: WatchedWorld, time: MovingClock) -> None:
    of.handling.does["a"] = Transient("busy")
    await of.handle(ERRAND)
    of.handling.does["a"] = None
    spent(of)
    time.advance(60)

    assert (await of.deliver()).what == "completed"
    assert spent(of) == ["get", "replace", "replace"]


async def test_while_a_gate_is_closed_nothing_is_created(of: WatchedWorld) -> None:
    await of.runtime.gates.close("model:small", reason="pause", by="ops", until=None)

    assert (await of.handle(ERRAND)).what == "deferred"
    assert spent(of) == ["get"]


async def test_the_message_of_an_ended_job_does_not_wait_for_a_closed_gate(of: WatchedWorld) -> None:
    await of.handle(ERRAND)
    await of.runtime.gates.close("model:small", reason="pause", by="ops", until=None)

    assert (await of.handle(ERRAND)).what == "ended"
