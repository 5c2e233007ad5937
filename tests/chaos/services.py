"""What do the store and the queue service of a simulation tell the witness?

The same in-memory adapters that tests and benchmarks use; each write that takes effect is shown to the witness with who
did it, before anybody can act on it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shared import clock
from shared.documents.containers import Container
from shared.documents.port import Body, Document
from shared.documents.sqlite import SqliteDocuments
from shared.queues.memory import MemoryQueues
from shared.queues.port import Delivery

if TYPE_CHECKING:
    from tests.chaos.witness import Witness


class WatchedDocuments(SqliteDocuments):
    """`SqliteDocuments` in memory, under the eyes of a witness."""

    def __init__(self, witness: Witness) -> None:
        super().__init__(":memory:")
        self._witness = witness

    async def get(self, container: Container, partition: str, id: str) -> Document | None:
        """See `Documents.get`."""
        self._witness.saw_read(container)
        return await super().get(container, partition, id)

    async def create(self, container: Container, body: Body) -> Document:
        """See `Documents.create`."""
        document = await super().create(container, body)
        self._witness.saw_write(container, document.body)
        return document

    async def replace(self, container: Container, body: Body, etag: str) -> Document:
        """See `Documents.replace`."""
        document = await super().replace(container, body, etag)
        self._witness.saw_write(container, document.body)
        return document

    async def delete(self, container: Container, partition: str, id: str, etag: str) -> None:
        """See `Documents.delete`."""
        await super().delete(container, partition, id, etag)
        self._witness.saw_delete(container, id)


class WatchedQueues(MemoryQueues):
    """`MemoryQueues` under the eyes of a witness, with the rest of what a queue service does to a message.

    It goes by the time of its own, `now`, whatever the clock of whoever calls says.
    """

    def __init__(self, witness: Witness, now: Callable[[], datetime], *names: str) -> None:
        super().__init__()
        self._witness = witness
        self._now = now
        for name in names:
            self._queues[name] = {}

    def put(self, queue: str, body: bytes, *, delay: timedelta = timedelta()) -> str:
        """See `MemoryQueues.put`."""
        with clock.running_on(self._now):
            number = super().put(queue, body, delay=delay)
        self._witness.saw_message(queue, number, body)
        return number

    def receive(self, queue: str, *, visibility: timedelta = timedelta(minutes=10)) -> Delivery | None:
        """See `MemoryQueues.receive`."""
        with clock.running_on(self._now):
            return super().receive(queue, visibility=visibility)

    async def postpone(self, delivery: Delivery, delay: timedelta) -> str:
        """See `MemoryQueues.postpone`."""
        with clock.running_on(self._now):
            return await super().postpone(delivery, delay)

    def hide(self, delivery: Delivery, visibility: timedelta) -> Delivery:
        """Hide a received message anew, as the host's renewal does; return it with its new receipt."""
        held = self._held(delivery)
        held.visible_at = self._now() + visibility
        held.receipt = f"{held.receipt}+"
        return Delivery(queue=delivery.queue, body=delivery.body, id=delivery.id, pop_receipt=held.receipt,
                        dequeue_count=delivery.dequeue_count, put_at=delivery.put_at)  # fmt: skip

    def reveal(self, queue: str, number: str) -> None:
        """Make a message visible at once, whoever has it."""
        if number in self._queues[queue]:
            self._queues[queue][number].visible_at = self._now()

    def ids(self, queue: str) -> list[str]:
        """Return the ids of the messages in the queue, oldest first."""
        return list(self._queues[queue])

    @property
    def is_empty(self) -> bool:
        """Whether no queue holds a message."""
        return not any(self._queues.values())
