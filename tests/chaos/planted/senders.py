"""What if a rule of those who send (Rescue, operators, producers of ours) were broken?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from shared.jobs import interventions, messages, producer, rescue
from tests.chaos.planted.plant import Untouched, bug, sending_after_the_record, with_parts


@bug
def rescue_off() -> Iterator[None]:
    """Nobody wakes a job whose message is gone."""

    async def nobody(self: Any, *, dry_run: bool = False) -> list[Any]:
        return []

    with patch.object(rescue.Rescue, "run", nobody):
        yield


@bug
def rescue_without_touching() -> Iterator[None]:
    """Rescue sends without moving rescueAt on."""

    original = rescue.Rescue._wake

    async def wake(self: Any, *what: Any) -> Any:
        return await original(with_parts(self, _records=Untouched()), *what)

    with patch.object(rescue.Rescue, "_wake", wake):
        yield


@bug
def rescue_leaves_due_gates_alone() -> Iterator[None]:
    """Rescue skips the kinds of a gate that is due too, so that nobody probes it."""
    run = rescue.Rescue.run

    class AllShut:
        def __init__(self, true: Any) -> None:
            self._true = true

        async def all(self) -> list[Any]:
            return [replace(gate, due=None) for gate in await self._true.all()]

    async def skip(self: Any, **how: Any) -> Any:
        return await run(with_parts(self, _gates=AllShut(self._gates)), **how)

    with patch.object(rescue.Rescue, "run", skip):
        yield


@bug
def no_more_room_than_what_was_taken() -> Iterator[None]:
    """What we add to a message of the largest size doesn't fit any more."""

    compose = messages.compose

    def compose_small(*what: Any, **how: Any) -> str:
        text = compose(*what, **how)
        if len(text.encode()) > messages.MAX_ACCEPTED:
            raise messages.BadMessage("too large", code="too_large")
        return text

    with patch.object(messages, "compose", compose_small):
        yield


@bug
def replay_record_before_its_message() -> Iterator[None]:
    """A replay queues the record first, then sends."""
    with sending_after_the_record(interventions.Interventions, "replay"):
        yield


@bug
def producer_record_before_its_message() -> Iterator[None]:
    """A producer creates the record first, then sends."""
    with sending_after_the_record(producer.Producer, "enqueue"):
        yield


@bug
def producer_leaves_the_record() -> Iterator[None]:
    """A producer only sends; a cleared queue then costs what it accepted."""

    enqueue = producer.Producer.enqueue

    async def only_send(self: Any, *what: Any, **how: Any) -> Any:
        return await enqueue(with_parts(self, _records=Untouched(self._records)), *what, **how)

    with patch.object(producer.Producer, "enqueue", only_send):
        yield


@bug
def producer_keeps_a_later_asking_to_itself() -> Iterator[None]:
    """A producer that answers `duplicate` tells nobody when it was asked."""

    async def silent(self: Any, *what: Any) -> bool:
        return False

    with patch.object(producer.Producer, "_tell", silent):
        yield
