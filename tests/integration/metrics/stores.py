"""The store as one process has it: the process can die at any operation, and others can act just before one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Literal

from shared.documents.containers import Container
from shared.documents.port import Body, Document
from shared.errors import Unavailable
from tests.integration.jobs.worlds import Killed

Work = Callable[[], Awaitable[Any]]
When = Literal["before", "after"]


class ProcessDocuments:
    """A store, as one process has it. Operations are called ``get rollups``, ``query usageEvents`` and so on.

    `turn` is awaited before each operation; `seen` is told of each document as it is written.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.log: list[str] = []
        self.turn: Callable[[str], Awaitable[None]] | None = None
        self.seen: Callable[[Container, Body], Awaitable[None]] | None = None
        self._dies: tuple[int, When] | None = None
        self._is_dead = False
        self._meanwhile: list[tuple[str, Work]] = []
        self._fails: dict[str, tuple[Exception, int]] = {}

    def die(self, number: int, when: When) -> None:
        """Let the process die before or after its operation of that number, counted from 1 and from now on."""
        self._dies = (len(self.log) + number, when)

    def meanwhile(self, operation: str, work: Work) -> None:
        """Let others do `work` just before the next operation of that name."""
        self._meanwhile.append((operation, work))

    def fail(self, operation: str, error: Exception | None = None, times: int = 1_000_000) -> None:
        """Let operations of that name fail, or those with an id: ``create rollups leaf|…``."""
        self._fails[operation] = (error or Unavailable("the store is down", dependency="store"), times)

    def heal(self) -> None:
        """Let nothing fail any more."""
        self._fails.clear()

    async def get(self, container: Container, partition: str, id: str) -> Document | None:
        """See Documents."""
        found: Document | None = await self._done(
            "get", container, id, lambda: self.inner.get(container, partition, id)
        )
        return found

    async def create(self, container: Container, body: Body) -> Document:
        """See Documents."""
        return await self._written("create", container, body, lambda: self.inner.create(container, body))

    async def upsert(self, container: Container, body: Body) -> Document:
        """See Documents."""
        return await self._written("upsert", container, body, lambda: self.inner.upsert(container, body))

    async def replace(self, container: Container, body: Body, etag: str) -> Document:
        """See Documents."""
        return await self._written("replace", container, body, lambda: self.inner.replace(container, body, etag))

    async def delete(self, container: Container, partition: str, id: str, etag: str) -> None:
        """See Documents."""
        await self._done("delete", container, id, lambda: self.inner.delete(container, partition, id, etag))

    async def query(self, container: Container, **asked: Any) -> AsyncIterator[Document]:
        """See Documents. It is one operation, however many documents come of it."""

        async def all_of_them() -> list[Document]:
            return [document async for document in self.inner.query(container, **asked)]

        for document in await self._done("query", container, "", all_of_them):
            yield document

    async def count(self, container: Container, **asked: Any) -> int:
        """See Documents."""
        return int(await self._done("count", container, "", lambda: self.inner.count(container, **asked)))

    async def close(self) -> None:
        """See Documents."""
        await self.inner.close()

    async def _written(
        self, how: str, container: Container, body: Body, call: Callable[[], Awaitable[Any]]
    ) -> Document:
        async def call_and_tell() -> Any:
            written = await call()
            if self.seen is not None:
                await self.seen(container, body)
            return written

        document: Document = await self._done(how, container, str(body["id"]), call_and_tell)
        return document

    async def _done(self, how: str, container: Container, id: str, call: Callable[[], Awaitable[Any]]) -> Any:
        name = f"{how} {container.name}"
        if self.turn is not None:
            await self.turn(name)
        self._die_if(self._is_dead)
        self.log.append(name)
        self._die_if(self._dies == (len(self.log), "before"))
        await self._let_others(name)
        self._fail(name)
        self._fail(f"{name} {id}")
        number = len(self.log)
        result = await call()
        self._die_if(self._dies == (number, "after"))
        return result

    async def _let_others(self, name: str) -> None:
        for planned in self._meanwhile:
            if planned[0] == name:
                self._meanwhile.remove(planned)
                await planned[1]()
                return

    def _die_if(self, dies: bool) -> None:
        if dies:
            self._is_dead = True
            raise Killed

    def _fail(self, name: str) -> None:
        error, times = self._fails.get(name, (None, 0))
        if error is not None and times > 0:
            self._fails[name] = (error, times - 1)
            raise error
