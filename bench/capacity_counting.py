"""Counting for the page of capacity: what does one unit of work more ask of the store, the queues and the blobs?"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from bench.memory_blobs import MemoryBlobs
from shared.documents.containers import Container
from shared.documents.port import Body, Document
from shared.queues.memory import MemoryQueues
from tests.scale.counting import CountedDocuments

Counts = dict[str, Any]
"""Of one unit: `documents` by operation and container, `queues` by name, `blobs`, `hot` partitions and `days` until a
document expires by container."""

_KILOBYTE, _DAY = 1024, 86_400
_LEAST_SHARE = 0.5
"""A partition that fewer of a container's operations meet is a coincidence of few units."""


class Tally:
    """What was asked since `begin`: numbers by their names."""

    def __init__(self) -> None:
        self.numbers: defaultdict[tuple[str, ...], float] = defaultdict(float)
        self.days: dict[str, float] = {}
        self.documents = Weighed(self)
        self.blobs = CountedBlobs(self)

    def begin(self) -> None:
        """Forget what preparing took."""
        self.numbers.clear()
        self.days.clear()

    def add(self, number: float, *name: str) -> None:
        """Add to a number."""
        self.numbers[name] += number

    def watch(self, queues: MemoryQueues) -> None:
        """Count what is put into, taken and deleted from these queues."""
        put, receive, delete, postpone = queues.put, queues.receive, queues.delete, queues.postpone

        def counted_put(queue: str, *rest: Any, **more: Any) -> str:
            self.add(1, "queues", queue, "put")
            return put(queue, *rest, **more)

        def counted_receive(queue: str, *rest: Any) -> Any:
            found = receive(queue, *rest)
            self.add(found is not None, "queues", queue, "got")
            return found

        def counted_delete(delivery: Any) -> None:
            self.add(1, "queues", delivery.queue, "deleted")
            delete(delivery)

        async def counted_postpone(delivery: Any, *rest: Any) -> str:
            self.add(1, "queues", delivery.queue, "postponed")
            return await postpone(delivery, *rest)

        held: Any = queues
        held.put, held.receive, held.delete, held.postpone = (
            counted_put, counted_receive, counted_delete, counted_postpone,
        )  # fmt: skip


class Weighed(CountedDocuments):
    """A store in memory that tells a tally what it is asked, by partition, and how large documents are."""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self._tally = tally

    async def get(self, container: Container, partition: str, id: str) -> Document | None:
        """See Documents."""
        found = await super().get(container, partition, id)
        self._note("get", container, partition, [found.body] if found else [])
        return found

    async def create(self, container: Container, body: Body) -> Document:
        """See Documents."""
        self._note("create", container, str(body[container.partition_key]), [body])
        return await super().create(container, body)

    async def upsert(self, container: Container, body: Body) -> Document:
        """See Documents."""
        self._note("upsert", container, str(body[container.partition_key]), [body])
        return await super().upsert(container, body)

    async def replace(self, container: Container, body: Body, etag: str) -> Document:
        """See Documents."""
        self._note("replace", container, str(body[container.partition_key]), [body])
        return await super().replace(container, body, etag)

    async def delete(self, container: Container, partition: str, id: str, etag: str) -> None:
        """See Documents."""
        self._note("delete", container, partition, [])
        await super().delete(container, partition, id, etag)

    async def query(self, container: Container, **asked: Any) -> AsyncIterator[Document]:
        """See Documents."""
        given = []
        async for document in super().query(container, **asked):
            given.append(document.body)
            yield document
        self._note("query", container, asked.get("partition") or "", given)

    async def count(self, container: Container, **asked: Any) -> int:
        """See Documents."""
        self._note("count", container, asked.get("partition") or "", [])
        return await super().count(container, **asked)

    def _note(self, operation: str, container: Container, partition: str, bodies: list[Any]) -> None:
        name = f"{operation} {container.name}"
        size = sum(len(json.dumps(body).encode()) for body in bodies) / _KILOBYTE
        for body in bodies:
            if body.get("ttl", 0) > 0:
                self._tally.days[container.name] = round(body["ttl"] / _DAY, 3)
        self._tally.add(1, "documents", name, "calls")
        self._tally.add(len(bodies), "documents", name, "documents")
        self._tally.add(size, "documents", name, "kb")
        self._tally.add(1, "asked", container.name)
        if partition:
            self._tally.add(1, "partition", container.name, partition)


class CountedBlobs(MemoryBlobs):
    """Blobs in memory that tell a tally of reads and writes."""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self._tally = tally

    async def write(self, container: str, name: str, content: bytes, content_type: str) -> str:
        """See Blobs."""
        self._tally.add(1, "blobs", "written")
        self._tally.add(len(content) / _KILOBYTE, "blobs", "kb")
        return await super().write(container, name, content, content_type)

    async def read_version(self, container: str, name: str) -> tuple[bytes, str] | None:
        """See Blobs."""
        self._tally.add(1, "blobs", "read")
        return await super().read_version(container, name)


Work = Callable[[Tally, int], Awaitable[None]]
"""Prepares a store, calls `begin`, and does so many units of work."""


async def a_unit(work: Work, few: int, many: int) -> Counts:
    """Return what one unit more asks: the difference of `many` and `few`, so that what is paid once doesn't count."""
    totals: list[dict[tuple[str, ...], float]] = []
    days: dict[str, float] = {}
    for units in (few, many):
        tally = Tally()
        await work(tally, units)
        await tally.documents.close()
        totals.append(tally.numbers)
        days = tally.days
    first, last = totals
    each = {name: round((number - first.get(name, 0)) / (many - few), 3) for name, number in last.items()}
    found: Counts = {"documents": {}, "queues": {}, "blobs": {}, "hot": {}, "days": dict(sorted(days.items()))}
    for name, number in sorted(each.items()):
        if number <= 0:
            continue
        match name:
            case ("documents" | "queues" as part, what, figure):
                found[part].setdefault(what, {})[figure] = number
            case ("blobs", figure):
                found["blobs"][figure] = number
            case ("partition", container, partition):
                share = round(number / each[("asked", container)], 3) if each[("asked", container)] > 0 else 0
                if share >= _LEAST_SHARE and share > found["hot"].get(container, {"share": 0})["share"]:
                    found["hot"][container] = {"partition": partition, "share": min(share, 1)}
            case _:
                pass
    return found
