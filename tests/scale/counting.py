"""What does a piece of work ask of the document store, and does a unit of it cost the same however many there are?"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from shared.documents.containers import Container
from shared.documents.port import Body, Document
from shared.documents.sqlite import SqliteDocuments

_MEASURES = (("operations", 0.05, 0.1), ("read", 0.05, 0.1), ("steps", 0.25, 100.0))
"""By which share they may differ, and by how much all the same: a page more for many units is no difference."""
_STEPS_A_CALL = 20


@dataclass(frozen=True, slots=True)
class Cost:
    """Operations of the port, documents that it gave out, and steps of SQLite's machine, which grow with all rows that
    it looked at."""

    operations: float
    read: float
    steps: float

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.operations - other.operations, self.read - other.read, self.steps - other.steps)

    def __truediv__(self, units: float) -> Cost:
        return Cost(self.operations / units, self.read / units, self.steps / units)

    def __mul__(self, units: float) -> Cost:
        return Cost(self.operations * units, self.read * units, self.steps * units)

    def __str__(self) -> str:
        return f"{self.operations:.2f} operations, {self.read:.2f} documents, {self.steps:.0f} steps"


class CountedDocuments:
    """A store in memory, which counts what it is asked (`asked`, by operation and container) and gives out (`given`,
    by container)."""

    def __init__(self) -> None:
        self._inner = SqliteDocuments(":memory:")
        self.asked: Counter[str] = Counter()
        self.given: Counter[str] = Counter()
        self._steps = 0
        self._watched: Any = None

    @property
    def cost(self) -> Cost:
        """All that was asked so far."""
        return Cost(self.asked.total(), self.given.total(), self._steps)

    def unwatched(self) -> sqlite3.Connection:
        """Return the connection of a store that was used before; what it does counts from the next call on again."""
        tables, self._watched = self._inner._tables, None
        assert tables is not None
        tables._connection.set_progress_handler(None, 0)
        return tables._connection

    async def get(self, container: Container, partition: str, id: str) -> Document | None:
        """See Documents."""
        self._ask("get", container)
        found = await self._inner.get(container, partition, id)
        self.given[container.name] += found is not None
        return found

    async def create(self, container: Container, body: Body) -> Document:
        """See Documents."""
        self._ask("create", container)
        return await self._inner.create(container, body)

    async def upsert(self, container: Container, body: Body) -> Document:
        """See Documents."""
        self._ask("upsert", container)
        return await self._inner.upsert(container, body)

    async def replace(self, container: Container, body: Body, etag: str) -> Document:
        """See Documents."""
        self._ask("replace", container)
        return await self._inner.replace(container, body, etag)

    async def delete(self, container: Container, partition: str, id: str, etag: str) -> None:
        """See Documents."""
        self._ask("delete", container)
        await self._inner.delete(container, partition, id, etag)

    async def query(self, container: Container, **asked: Any) -> AsyncIterator[Document]:
        """See Documents."""
        self._ask("query", container)
        async for document in self._inner.query(container, **asked):
            self.given[container.name] += 1
            yield document

    async def count(self, container: Container, **asked: Any) -> int:
        """See Documents."""
        self._ask("count", container)
        return await self._inner.count(container, **asked)

    async def close(self) -> None:
        """See Documents."""
        await self._inner.close()

    def _ask(self, operation: str, container: Container) -> None:
        self.asked[f"{operation} {container.name}"] += 1
        tables = self._inner._tables
        if tables is not None and tables is not self._watched:
            self._watched = tables
            tables._connection.set_progress_handler(self._step, _STEPS_A_CALL)

    def _step(self) -> None:
        self._steps += _STEPS_A_CALL


async def spent(documents: CountedDocuments, work: Awaitable[Any]) -> Cost:
    """Await `work`; return what it cost."""
    before = documents.cost
    await work
    return documents.cost - before


Measured = Callable[[CountedDocuments, int], Awaitable[Cost]]
"""A workload: fills the store for so many units, then returns what the work itself cost (`spent`)."""


async def faults(work: Measured, size: int, *, but: str = "") -> list[str]:
    """Return in what a unit of `work` costs more, or less, where there are more of them: at `size`, 4 and 16 times it.

    What is paid once, however many units there are, doesn't count, nor does the measure `but`.
    """
    sizes, costs = await _at_three_sizes(work, size)
    few = (costs[1] - costs[0]) / (sizes[1] - sizes[0])
    many = (costs[2] - costs[1]) / (sizes[2] - sizes[1])
    print(f"a unit costs {few} up to {sizes[1]}, {many} up to {sizes[2]}; once {costs[0] - few * sizes[0]}")
    return _differences(few, many, but)


async def drift(work: Measured, size: int, *, but: str = "") -> list[str]:
    """Return in what `work` costs more, or less, beside 16 times as much that it has nothing to do with."""
    sizes, costs = await _at_three_sizes(work, size)
    print(f"with {sizes[0]} beside it: {costs[0]}; with {sizes[2]}: {costs[2]}")
    return _differences(costs[0], costs[2], but)


async def _at_three_sizes(work: Measured, size: int) -> tuple[tuple[int, int, int], list[Cost]]:
    sizes, costs = (size, 4 * size, 16 * size), []
    for units in sizes:
        documents = CountedDocuments()
        costs.append(await work(documents, units))
        await documents.close()
    return sizes, costs


def _differences(before: Cost, after: Cost, but: str) -> list[str]:
    return [
        f"{name}: {getattr(before, name):.2f} became {getattr(after, name):.2f}"
        for name, spread, least in _MEASURES
        if name != but
        and abs(getattr(after, name) - getattr(before, name)) > max(spread * abs(getattr(before, name)), least)
    ]
