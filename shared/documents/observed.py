"""Observed documents: the store as it is, each call told of to telemetry.

Put around the store only when telemetry is on: off, there is nothing between the app and the store.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence
from typing import TypeVar

from shared.documents.containers import Container
from shared.documents.port import Body, Condition, Document, Documents
from shared.telemetry import signals

_T = TypeVar("_T")


class ObservedDocuments:
    """The port `Documents` on another adapter; `system` is what telemetry calls that."""

    def __init__(self, inner: Documents, system: str) -> None:
        self._inner = inner
        self._system = system

    async def get(self, container: Container, partition: str, id: str) -> Document | None:
        """See Documents."""
        return await self._told("get", container, self._inner.get(container, partition, id))

    async def create(self, container: Container, body: Body) -> Document:
        """See Documents."""
        return await self._told("create", container, self._inner.create(container, body))

    async def upsert(self, container: Container, body: Body) -> Document:
        """See Documents."""
        return await self._told("upsert", container, self._inner.upsert(container, body))

    async def replace(self, container: Container, body: Body, etag: str) -> Document:
        """See Documents."""
        return await self._told("replace", container, self._inner.replace(container, body, etag))

    async def delete(self, container: Container, partition: str, id: str, etag: str) -> None:
        """See Documents."""
        await self._told("delete", container, self._inner.delete(container, partition, id, etag))

    async def query(
        self,
        container: Container,
        *,
        partition: str | None = None,
        where: Sequence[Condition] = (),
        order_by: str | None = None,
        select: Sequence[str] | None = None,
        limit: int | None = None,
        after_partition: str | None = None,
    ) -> AsyncIterator[Document]:
        """See Documents. One call, however many pages; what its reader does in between isn't counted."""
        found = self._inner.query(
            container,
            partition=partition,
            where=where,
            order_by=order_by,
            select=select,
            limit=limit,
            after_partition=after_partition,
        )
        call = self._call("query", container)
        try:
            while True:
                with call:
                    document = await anext(found, None)
                if document is None:
                    return
                yield document
        finally:
            call.close()

    async def count(
        self, container: Container, *, partition: str | None = None, where: Sequence[Condition] = ()
    ) -> int:
        """See Documents."""
        return await self._told("count", container, self._inner.count(container, partition=partition, where=where))

    async def close(self) -> None:
        """See Documents."""
        await self._inner.close()

    async def _told(self, operation: str, container: Container, asked: Awaitable[_T]) -> _T:
        call = self._call(operation, container)
        try:
            with call:
                return await asked
        finally:
            call.close()

    def _call(self, operation: str, container: Container) -> signals.StoreCall:
        return signals.current().calling_store(self._system, operation, container.name)
