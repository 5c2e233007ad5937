"""Queue listener: when does a queue trigger receive its next messages?

The host's loop: receive a batch with a fixed visibility; start each message at once; wait until no more than
newBatchThreshold run; receive again. Empty polls back off. A trigger never creates its queue: it polls on until
somebody does.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError, ResourceNotFoundError, ServiceRequestError
from azure.storage.queue import QueueMessage as StoredMessage
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from devhost import poison_queue
from devhost.backoff import Backoff
from devhost.deliveries import Courier, Delivery
from devhost.host_options import QueueOptions
from devhost.indexing import IndexedFunction
from devhost.invocation import Invoker
from devhost.restart_notice import RestartNotice

RECEIVE_VISIBILITY_SECONDS = 600.0
"""How long a received message is invisible: fixed in the host, shortened here by tests only."""

_NEVER_EXPIRES_YEAR = 9999

_log = logging.getLogger("devhost")


class QueueListener:
    """Runs one function for the messages of one queue. `notice` says where Azure's host would be restarted."""

    def __init__(
        self,
        function: IndexedFunction,
        queue: str,
        queues: QueueServiceClient,
        options: QueueOptions,
        invoker: Invoker,
        notice: RestartNotice,
        visibility_seconds: float = RECEIVE_VISIBILITY_SECONDS,
    ) -> None:
        self._options = options
        self._visibility = visibility_seconds
        self._queue: QueueClient = queues.get_queue_client(queue)
        self._courier = Courier(
            function, self._queue, poison_queue.client_for(queue, queues), options, invoker, visibility_seconds
        )
        self._backoff = Backoff(options.max_polling_seconds)
        self._in_hand: dict[asyncio.Task[None], Delivery] = {}
        self._room = asyncio.Event()
        self._polled = asyncio.Event()
        self._stopping = asyncio.Event()
        self._polling: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._trouble = ""
        self._told_expiry = queue.endswith(poison_queue.SUFFIX)
        self._storage = urlsplit(queues.url).netloc
        self._notice = notice
        notice.watch(self)

    def describe(self) -> str:
        """Return the queue and where it is."""
        return f"queue {self._queue.queue_name} at {self._queue.scheme}://{self._queue.primary_hostname}"

    def running(self) -> int:
        """Return how many messages are in hand."""
        return len(self._in_hand) + self._courier.by_hand

    def back_at(self) -> list[float]:
        """Return when the messages in hand would come back by themselves, on the monotonic clock."""
        return [delivery.hidden_until for delivery in self._in_hand.values()]

    async def start(self) -> asyncio.Task[None]:
        """Begin to poll. Returns the polling when the queue service has answered once."""
        self._polling = asyncio.create_task(self._poll())
        self._renewing = asyncio.create_task(self._renew())
        polled = asyncio.create_task(self._polled.wait())
        await asyncio.wait((self._polling, polled), return_when=asyncio.FIRST_COMPLETED)
        polled.cancel()
        return self._polling

    async def stop(self) -> None:
        """Receive no more. Returns when every message in hand has been dealt with."""
        self._stopping.set()
        self._room.set()
        if self._polling is not None:
            # Never cancelled: a receive whose answer nobody reads would hide its messages for the whole visibility.
            await self._polling
        while self._in_hand:
            await asyncio.wait(list(self._in_hand))
        if self._renewing is not None:
            self._renewing.cancel()

    async def invoke(self, text: str) -> None:
        """Run the function by hand for a message that was never in the queue. Raises whatever it raises."""
        await self._courier.invoke(text)

    async def _poll(self) -> None:
        while not self._stopping.is_set():
            batch = await self._receive()
            if batch:
                self._backoff.found()
                for message in batch:
                    self._begin(message)
                await self._wait_for_room()
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), self._backoff.next_seconds())

    async def _wait_for_room(self) -> None:
        while len(self._in_hand) > self._options.new_batch_threshold and not self._stopping.is_set():
            self._room.clear()
            await self._room.wait()

    async def _receive(self) -> list[StoredMessage]:
        pager = self._queue.receive_messages(
            messages_per_page=self._options.batch_size,
            visibility_timeout=self._visibility,  # type: ignore[arg-type]  # a test may give a fraction
        )
        try:
            # Only the first page: to go on would be to receive again at once.
            async for page in pager.by_page():
                batch = [message async for message in page]
                break
            else:
                batch = []
        except ResourceNotFoundError:
            self._notice.answered(self._storage)
            self._tell(f"Queue {self._queue.queue_name} doesn't exist. Its trigger doesn't create it, and polls on.")
            self._polled.set()
            return []
        except AzureError as error:
            if isinstance(error, ServiceRequestError):
                self._notice.refused(self._storage)
            self._tell(f"Queue {self._queue.queue_name} can't be read; polling goes on. {error}")
            return []
        self._notice.answered(self._storage)
        if self._trouble:
            self._trouble = ""
            _log.warning("Queue %s answers now.", self._queue.queue_name)
        self._polled.set()
        return batch

    def _begin(self, message: StoredMessage) -> None:
        if not self._told_expiry and message.expires_on and message.expires_on.year < _NEVER_EXPIRES_YEAR:
            self._told_expiry = True
            _log.warning(
                "Queue %s holds messages that expire (the first seen: at %s), and go unseen then: send with a time to "
                "live of -1 (said once).",
                self._queue.queue_name, message.expires_on.isoformat(),
            )  # fmt: skip
        delivery = self._courier.take(message)
        task = asyncio.create_task(self._courier.deliver(delivery))
        self._in_hand[task] = delivery
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._in_hand[task]
        self._room.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("A delivery ended in an error of devhost itself.", exc_info=error)

    async def _renew(self) -> None:
        # One loop for all, since a timer for each message would cost more than most messages.
        while True:
            await asyncio.sleep(min(1.0, self._visibility / 20))
            now = time.monotonic()
            for delivery in list(self._in_hand.values()):
                self._courier.renew_if_due(delivery, now)

    def _tell(self, trouble: str) -> None:
        kind = trouble.partition(".")[0]
        if kind != self._trouble:
            self._trouble = kind
            _log.warning("%s", trouble)
