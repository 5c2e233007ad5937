"""SQLite adapter: how are documents kept on a laptop, in tests and in simulations?

SQLite, in a file that several processes share (WAL) or in memory. A file may be slow, so its calls run on one thread of
their own and never block the event loop; memory isn't, and a hop to a thread costs ten times the call, so they run in
line. Nothing is opened before the first use, so that an instance made at import costs nothing.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from shared.documents import bodies, conditions
from shared.documents.containers import Container
from shared.documents.port import Body, Condition, Document
from shared.documents.queries import Place, Selection
from shared.documents.tables import Tables
from shared.errors import Unavailable

FIRST_PAGE_SIZE = 128
LARGEST_PAGE_SIZE = 2048
"""Pages grow: a sort that no index helps is done for each anew."""

_T = TypeVar("_T")


class SqliteDocuments:
    """The port `Documents` on SQLite; `path` is a file, whose folder is made when missing, or ``':memory:'``."""

    def __init__(self, path: Path | Literal[":memory:"]) -> None:
        self._path = path
        self._tables: Tables | None = None
        self._is_closed = False
        self._thread = None if path == ":memory:" else ThreadPoolExecutor(1, thread_name_prefix="documents")

    async def get(self, container: Container, partition: str, id: str) -> Document | None:
        """Return the document, or None when there is none."""
        return await self._run(lambda tables: tables.get(container, partition, id))

    async def create(self, container: Container, body: Body) -> Document:
        """Store a new document. Raises Conflict when its id is taken in its partition."""
        encoded = bodies.encode(container, body)
        return await self._run(lambda tables: tables.create(container, encoded))

    async def upsert(self, container: Container, body: Body) -> Document:
        """Store the document whatever was there."""
        encoded = bodies.encode(container, body)
        return await self._run(lambda tables: tables.upsert(container, encoded))

    async def replace(self, container: Container, body: Body, etag: str) -> Document:
        """Store `body` over the version that has `etag`. Raises PreconditionFailed when that isn't the stored one."""
        encoded = bodies.encode(container, body)
        return await self._run(lambda tables: tables.replace(container, encoded, etag))

    async def delete(self, container: Container, partition: str, id: str, etag: str) -> None:
        """Delete the version that has `etag`. Raises PreconditionFailed when that isn't the stored one."""
        await self._run(lambda tables: tables.delete(container, partition, id, etag))

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
        """Yield the documents for which every condition holds; equal values of `order_by` come by id.

        Pages go by key, so whoever reads may write meanwhile: without `order_by` nothing comes twice. Raises ValueError
        for a query that isn't one.
        """
        conditions.check(where, order_by, limit)
        conditions.check_scan(partition, order_by, after_partition)
        selection = Selection(container, partition, tuple(where), order_by, after_partition)
        after: Place | None = None
        left = sys.maxsize if limit is None else limit
        size = FIRST_PAGE_SIZE
        while left > 0:
            page = await self._run(partial(Tables.page, selection=selection, after=after, size=min(left, size)))
            for text, etag, _, stored, _ in page.rows:
                body = bodies.decode(container, text, stored)
                yield Document(body if select is None else {name: body[name] for name in select if name in body}, etag)
            if page.is_last:
                return
            after = Place(value=page.rows[-1][4], id=page.rows[-1][2], partition=page.rows[-1][3])
            left -= len(page.rows)
            size = min(4 * size, LARGEST_PAGE_SIZE)

    async def count(
        self, container: Container, *, partition: str | None = None, where: Sequence[Condition] = ()
    ) -> int:
        """Return how many documents fulfil every condition. Raises ValueError for a condition that isn't one."""
        conditions.check(where)
        selection = Selection(container, partition, tuple(where))
        return await self._run(lambda tables: tables.count(selection))

    async def close(self) -> None:
        """Close the file and end the thread, after the calls under way. A call made later raises Unavailable."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._thread is None:
            self._close()
            return
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    async def _run(self, call: Callable[[Tables], _T]) -> _T:
        if self._is_closed:
            raise Unavailable("The document store is closed.", code="store_closed", dependency="store")
        if self._thread is None:
            return self._call(call)
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._call, call)

    def _call(self, call: Callable[[Tables], _T]) -> _T:
        try:
            if self._tables is None:
                self._tables = Tables(self._path)
            return call(self._tables)
        except sqlite3.ProgrammingError:
            raise
        except (sqlite3.DatabaseError, OSError) as error:
            if self._thread is not None:
                self._close()
            raise Unavailable(f"The document store {self._path} failed: {error}.", dependency="store") from error

    def _close(self) -> None:
        if self._tables is not None:
            self._tables.close()
            self._tables = None
