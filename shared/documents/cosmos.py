"""Cosmos DB adapter: how documents are kept in production, over the Python SDK.

Each operation is one request. A query goes on from page to page by the last sort value and item, which the SDK's
iterator keeps, so whoever reads may write meanwhile.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosHttpResponseError

from shared.documents import bodies, conditions, cosmos_items, cosmos_queries, ids
from shared.documents.containers import Container
from shared.documents.cosmos_account import Account
from shared.documents.cosmos_errors import NoDocument, classed, container_missing
from shared.documents.cosmos_usage import Usage
from shared.documents.port import Body, Condition, Document
from shared.errors import PreconditionFailed
from shared.telemetry.pseudonyms import shown

PAGE_SIZE = 200

_T = TypeVar("_T")
_Item = dict[str, Any]
_Call = Callable[[ContainerProxy, Callable[..., None]], Awaitable[_T]]
"""What is done with a container; the second argument takes each answer's headers."""


class CosmosDocuments:
    """The port `Documents` on Cosmos DB. `usage` counts calls and request units."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.usage = Usage()

    async def get(self, container: Container, partition: str, id: str) -> Document | None:
        """Return the document, or None when there is none."""
        key = ids.key(partition, id)
        try:
            item = await self._run(
                "get", container, key, lambda proxy, hook: proxy.read_item(key.id, key.partition, response_hook=hook)
            )
        except NoDocument:
            return None
        return _document(container, item)

    async def create(self, container: Container, body: Body) -> Document:
        """Store a new document. Raises Conflict when its id is taken in its partition."""
        encoded = bodies.encode(container, body)
        item = cosmos_items.pack(container, encoded)
        try:
            written = await self._run(
                "create", container, encoded.key, lambda proxy, hook: proxy.create_item(item, response_hook=hook)
            )
        except NoDocument as error:
            raise container_missing(_name(container, encoded.key)) from error
        return bodies.Written(encoded, written[cosmos_items.ETAG])

    async def upsert(self, container: Container, body: Body) -> Document:
        """Store the document whatever was there."""
        encoded = bodies.encode(container, body)
        item = cosmos_items.pack(container, encoded)
        try:
            written = await self._run(
                "upsert", container, encoded.key, lambda proxy, hook: proxy.upsert_item(item, response_hook=hook)
            )
        except NoDocument as error:
            raise container_missing(_name(container, encoded.key)) from error
        return bodies.Written(encoded, written[cosmos_items.ETAG])

    async def replace(self, container: Container, body: Body, etag: str) -> Document:
        """Store `body` over the version that has `etag`. Raises PreconditionFailed when that isn't the stored one."""
        encoded = bodies.encode(container, body)
        _check_etag(container, encoded.key, etag)
        item = cosmos_items.pack(container, encoded)
        written = await self._run(
            "replace",
            container,
            encoded.key,
            lambda proxy, hook: proxy.replace_item(
                encoded.key.id, item, etag=etag, match_condition=MatchConditions.IfNotModified, response_hook=hook
            ),
        )
        return bodies.Written(encoded, written[cosmos_items.ETAG])

    async def delete(self, container: Container, partition: str, id: str, etag: str) -> None:
        """Delete the version that has `etag`. Raises PreconditionFailed when that isn't the stored one."""
        key = ids.key(partition, id)
        _check_etag(container, key, etag)
        await self._run(
            "delete",
            container,
            key,
            lambda proxy, hook: proxy.delete_item(
                key.id,
                key.partition,
                etag=etag,
                match_condition=MatchConditions.IfNotModified,
                response_hook=hook,
            ),
        )

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
        """Yield the documents for which every condition holds, by id unless `order_by` says else.

        Ids that were made safe are sorted as they are stored. Raises ValueError for a query that isn't one.
        """
        conditions.check(where, order_by, limit)
        conditions.check_scan(partition, order_by, after_partition)
        if limit == 0:
            return
        size = PAGE_SIZE if limit is None else min(limit, PAGE_SIZE)
        yielded = 0
        query = cosmos_queries.documents(container, partition, where, order_by, select, after_partition)
        async for page in self._pages("query", container, partition, query, size):
            for item in page:
                yield _document(container, item)
                yielded += 1
                if yielded == limit:
                    return

    async def count(
        self, container: Container, *, partition: str | None = None, where: Sequence[Condition] = ()
    ) -> int:
        """Return how many documents fulfil every condition. Raises ValueError for a condition that isn't one."""
        conditions.check(where)
        query = cosmos_queries.count(container, partition, where)
        return sum([sum(page) async for page in self._pages("count", container, partition, query, PAGE_SIZE)])

    async def close(self) -> None:
        """Give the connections back. A call made later raises Unavailable."""
        await self.account.close()

    async def _pages(
        self, operation: str, container: Container, partition: str | None, query: cosmos_queries.Query, size: int
    ) -> AsyncIterator[list[Any]]:
        scope: dict[str, Any] = {} if partition is None else {"partition_key": ids.safe(partition)}
        pages: Any = None

        async def next_page(proxy: ContainerProxy, hook: Callable[..., None]) -> list[Any] | None:
            nonlocal pages
            if pages is None:
                found = proxy.query_items(
                    query.text, parameters=query.parameters, max_item_count=size, response_hook=hook, **scope
                )
                pages = found.by_page()
            page = await anext(pages, None)
            return None if page is None else [item async for item in page]

        while True:
            try:
                page = await self._run(operation, container, None, next_page)
            except NoDocument as error:
                raise container_missing(_name(container, None)) from error
            if page is None:
                return
            yield page

    async def _run(self, operation: str, container: Container, key: ids.Key | None, call: _Call[_T]) -> _T:
        proxy = await self.account.container(container)
        self.usage.called(operation)
        charged = partial(self.usage.charged, operation)
        try:
            return await call(proxy, lambda headers, _answer: charged(headers))
        except AzureError as error:
            if isinstance(error, CosmosHttpResponseError):
                charged(error.headers)
            raise classed(error, _name(container, key)) from error


def _check_etag(container: Container, key: ids.Key, etag: str) -> None:
    if etag in ("", "*"):  # "*" would mean any version
        raise PreconditionFailed(f"{_name(container, key)} isn't the version that was read.", dependency="store")


def _document(container: Container, item: _Item) -> Document:
    return Document(cosmos_items.unpack(container, item), item[cosmos_items.ETAG])


def _name(container: Container, key: ids.Key | None) -> str:
    return f"container {container.name}" if key is None else f"{shown(key.id)!r} in {container.name}"
