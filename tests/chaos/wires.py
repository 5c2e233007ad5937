"""What lies between a process and its store and queues?

The two ports over wires that lose answers, fail, are slow, or on which the process dies at exactly that step: before
its request, or after it took effect.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from shared.documents.containers import Container
from shared.documents.port import Body, Document
from shared.errors import NightshiftError, Unavailable
from shared.queues.port import Delivery
from tests.chaos.processes import ACTOR, Killed, Process

if TYPE_CHECKING:
    from tests.chaos.world import World

T = TypeVar("T")


class Wire:
    """One process's way to one service (``store`` or ``queue``)."""

    def __init__(self, world: World, process: Process, service: str) -> None:
        self._world = world
        self._process = process
        self._service = service

    async def call(self, what: str, apply: Callable[[], Awaitable[T]]) -> T:
        """Let `apply` take effect, or not, and answer, or not. Raises Unavailable, Killed, or what `apply` raises."""
        world, process, actor = self._world, self._process, ACTOR.get()
        await self._awake()
        fault = world.draw_fault()
        if fault == "killed before":
            world.kill(process, f"before {what}")
            raise Killed
        if fault == "stands still":
            world.stall(process, f"before {what}")
            await self._awake()
        if fault == "fails" or world.is_down(self._service):
            actor.hits += 1
            world.note(f"{what}: fails")
            await self._pause()
            raise Unavailable(f"{self._service} fails", dependency=self._service)
        await self._pause()
        if fault == "slow":
            actor.hits += 1
            await asyncio.sleep(world.dice.uniform(0, world.weather.slow_seconds))
        if not process.alive and world.dice.random() < 0.5:
            raise Killed  # its request hadn't left yet
        result: Any
        try:
            result = await apply()
        except NightshiftError as error:
            result = error
        world.note_call(what, result)
        if fault == "killed after":
            world.kill(process, f"after {what}")
        await self._pause()
        if fault == "answer lost":
            actor.hits += 1
            world.note(f"{what}: answer lost")
            raise Unavailable(f"{self._service}'s answer is lost", dependency=self._service)
        if isinstance(result, NightshiftError):
            raise result
        return result  # type: ignore[no-any-return]

    async def _pause(self) -> None:
        await asyncio.sleep(self._world.dice.random() * 0.05)
        await self._awake()

    async def _awake(self) -> None:
        process, loop = self._process, self._world.loop
        while process.alive:
            if process.stalled_until <= loop.time():
                return
            await asyncio.sleep(process.stalled_until - loop.time())
        raise Killed


class WiredDocuments:
    """`Documents` as one process sees them."""

    def __init__(self, world: World, process: Process) -> None:
        self._store = world.store
        self._wire = Wire(world, process, "store")

    async def get(self, container: Container, partition: str, id: str) -> Document | None:
        """See `Documents.get`."""
        return await self._wire.call(f"get {container.name} {id}", lambda: self._store.get(container, partition, id))

    async def create(self, container: Container, body: Body) -> Document:
        """See `Documents.create`."""
        what = f"create {container.name} {body['id'].partition('|')[0]}"  # what follows is random
        return await self._wire.call(what, lambda: self._store.create(container, body))

    async def upsert(self, container: Container, body: Body) -> Document:
        """See `Documents.upsert`."""
        what = f"upsert {container.name} {body['id']}"
        return await self._wire.call(what, lambda: self._store.upsert(container, body))

    async def replace(self, container: Container, body: Body, etag: str) -> Document:
        """See `Documents.replace`."""
        return await self._wire.call(
            f"replace {container.name} {body['id']}", lambda: self._store.replace(container, body, etag)
        )

    async def delete(self, container: Container, partition: str, id: str, etag: str) -> None:
        """See `Documents.delete`."""
        await self._wire.call(
            f"delete {container.name} {id}", lambda: self._store.delete(container, partition, id, etag)
        )

    async def query(self, container: Container, **question: Any) -> AsyncIterator[Document]:
        """See `Documents.query`."""

        async def read() -> list[Document]:
            return [document async for document in self._store.query(container, **question)]

        for document in await self._wire.call(f"query {container.name}", read):
            yield document

    async def count(self, container: Container, **question: Any) -> int:
        """See `Documents.count`."""
        return await self._wire.call(f"count {container.name}", lambda: self._store.count(container, **question))

    async def close(self) -> None:
        """See `Documents.close`."""


class WiredQueues:
    """`Queues` as one process sees them, and the host's calls beside them."""

    def __init__(self, world: World, process: Process) -> None:
        self._service = world.queues
        self._wire = Wire(world, process, "queue")

    async def send(self, queue: str, body: str, *, delay: timedelta = timedelta()) -> str:
        """See `Queues.send`."""
        return await self._wire.call(f"send {body[:200]}", lambda: self._service.send(queue, body, delay=delay))

    async def postpone(self, delivery: Delivery, delay: timedelta) -> str:
        """See `Queues.postpone`."""
        what = f"postpone m{delivery.id} by {delay.total_seconds():.1f} s"
        return await self._wire.call(what, lambda: self._service.postpone(delivery, delay))

    async def depth(self, queue: str) -> int | None:
        """See `Queues.depth`."""
        return await self._wire.call(f"depth {queue}", lambda: self._service.depth(queue))

    async def oldest(self, queue: str) -> datetime | None:
        """See `Queues.oldest`."""
        return await self._wire.call(f"oldest {queue}", lambda: self._service.oldest(queue))

    async def ensure(self, queue: str) -> bool:
        """See `Queues.ensure`."""
        return await self._wire.call(f"ensure {queue}", lambda: self._service.ensure(queue))

    async def delete(self, delivery: Delivery) -> None:
        """Delete a received message, as the host does."""

        async def delete() -> None:
            self._service.delete(delivery)

        await self._wire.call(f"delete m{delivery.id}", delete)

    async def close(self) -> None:
        """See `Queues.close`."""
