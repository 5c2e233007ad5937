"""A store in which another writer is always there first: each of its refusals is a real one."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from shared.documents.containers import Container
from shared.documents.port import Body, Document
from shared.documents.sqlite import SqliteDocuments


class ContendedDocuments(SqliteDocuments):
    """The store, with a writer who changes a document of one container just before anybody else does.

    The other writer goes away after so many `turns`. A document that it made is seen once, and gone then.
    """

    def __init__(self, path: Path | Literal[":memory:"] = ":memory:") -> None:
        super().__init__(path)
        self.refused = 0
        self._container: Container | None = None
        self._turns = 0
        self._passing: tuple[Container, str] | None = None

    def contend(self, container: Container, *, turns: int = 1_000_000) -> None:
        """Let the other writer come to a container now."""
        self._container, self._turns = container, turns

    async def create(self, container: Container, body: Body) -> Document:
        """See Documents."""
        if not self._is_others_turn(container):
            return await super().create(container, body)
        await super().create(container, {**body, "writeId": "another's"})
        self._passing = (container, body["id"])
        return await super().create(container, body)

    async def get(self, container: Container, partition: str, id: str) -> Document | None:
        """See Documents."""
        found = await super().get(container, partition, id)
        if found is not None and self._passing == (container, id):
            self._passing = None
            await super().delete(container, partition, id, found.etag)
        return found

    async def replace(self, container: Container, body: Body, etag: str) -> Document:
        """See Documents."""
        if self._is_others_turn(container):
            await self._changed_by_another(container, body[container.partition_key], body["id"])
        return await super().replace(container, body, etag)

    async def delete(self, container: Container, partition: str, id: str, etag: str) -> None:
        """See Documents."""
        if self._is_others_turn(container):
            await self._changed_by_another(container, partition, id)
        await super().delete(container, partition, id, etag)

    def _is_others_turn(self, container: Container) -> bool:
        if container is not self._container or self._turns <= 0:
            return False
        self._turns -= 1
        self.refused += 1
        return True

    async def _changed_by_another(self, container: Container, partition: str, id: str) -> None:
        standing = await super().get(container, partition, id)
        assert standing is not None
        await super().replace(container, {**standing.body, "turn": self.refused}, standing.etag)
