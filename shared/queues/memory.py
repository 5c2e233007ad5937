"""In-memory queues: how does the same pipeline run without a queue service?

`MemoryQueues` behaves as Azure's: a received message stays hidden until it is deleted or its visibility timeout ends,
each receive has a new receipt and a higher dequeue count. Benchmarks and the simulation receive from it as the host
would.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import clock
from shared.errors import Misconfigured, PreconditionFailed
from shared.queues.port import Delivery


@dataclass(slots=True)
class _Held:
    id: str
    body: bytes
    put_at: datetime
    visible_at: datetime
    receipt: str = ""
    dequeue_count: int = 0


class MemoryQueues:
    """`Queues` in this process, plus the host's side: `receive` and `delete`."""

    def __init__(self) -> None:
        self._queues: dict[str, dict[str, _Held]] = {}
        self._numbers = itertools.count(1)

    async def send(self, queue: str, body: str, *, delay: timedelta = timedelta()) -> str:
        """See `Queues.send`."""
        return self.put(queue, body.encode(), delay=delay)

    def put(self, queue: str, body: bytes, *, delay: timedelta = timedelta()) -> str:
        """Put a message of any bytes, as producers of all kinds do; return its id."""
        number, now = str(next(self._numbers)), clock.now()
        self._messages(queue)[number] = _Held(number, body, now, now + delay)
        return number

    async def postpone(self, delivery: Delivery, delay: timedelta) -> str:
        """See `Queues.postpone`."""
        held = self._held(delivery)
        held.visible_at = clock.now() + delay
        held.receipt = str(next(self._numbers))
        return held.receipt

    async def depth(self, queue: str) -> int | None:
        """See `Queues.depth`."""
        return len(self._queues[queue]) if queue in self._queues else None

    async def oldest(self, queue: str) -> datetime | None:
        """See `Queues.oldest`."""
        now = clock.now()
        return min(
            (held.put_at for held in self._queues.get(queue, {}).values() if held.visible_at <= now), default=None
        )

    async def ensure(self, queue: str) -> bool:
        """See `Queues.ensure`."""
        if queue in self._queues:
            return False
        self._queues[queue] = {}
        return True

    async def close(self) -> None:
        """See `Queues.close`."""

    def receive(self, queue: str, *, visibility: timedelta = timedelta(minutes=10)) -> Delivery | None:
        """Return the first visible message, hidden from now on for `visibility`; None when there is none."""
        now = clock.now()
        for held in self._messages(queue).values():
            if held.visible_at <= now:
                held.visible_at, held.receipt = now + visibility, str(next(self._numbers))
                held.dequeue_count += 1
                return Delivery(queue, held.body, held.id, held.receipt, held.dequeue_count, held.put_at)
        return None

    def delete(self, delivery: Delivery) -> None:
        """Delete a received message. Raises PreconditionFailed when its receipt is out of date."""
        self._held(delivery)
        del self._queues[delivery.queue][delivery.id]

    def clear(self, queue: str) -> None:
        """Delete every message, as an operator's slip would."""
        self._messages(queue).clear()

    def next_visible_at(self, queue: str) -> datetime | None:
        """Return when the next message can be received; None when the queue is empty."""
        return min((held.visible_at for held in self._messages(queue).values()), default=None)

    def _messages(self, queue: str) -> dict[str, _Held]:
        try:
            return self._queues[queue]
        except KeyError:
            raise Misconfigured(f"There is no queue {queue!r}.", code="queue_missing", dependency="queue") from None

    def _held(self, delivery: Delivery) -> _Held:
        held = self._messages(delivery.queue).get(delivery.id)
        if held is None or held.receipt != delivery.pop_receipt:
            raise PreconditionFailed(f"Message {delivery.id} of queue {delivery.queue!r} isn't ours any more")
        return held
