"""Delivery of one queue message: what becomes of it?

Success deletes it. Failure makes it visible after visibilityTimeout, its body untouched; the failure of delivery
maxDequeueCount moves it to the poison queue, and so does a count beyond it, before the function runs. Without a poison
queue it stays invisible until its visibility ends. While it runs, its visibility is renewed at half time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass

from azure.core.exceptions import AzureError, HttpResponseError
from azure.storage.queue import QueueMessage as StoredMessage
from azure.storage.queue.aio import QueueClient

from devhost import poison_queue, queue_argument
from devhost.failures import FailureLog
from devhost.host_options import QueueOptions
from devhost.indexing import IndexedFunction
from devhost.invocation import Invoker

_log = logging.getLogger("devhost")


@dataclass(slots=True, eq=False)
class Delivery:
    """A message in hand. `receipt` is its newest pop receipt.

    On the monotonic clock: when its visibility ends (`hidden_until`), and when that is to be renewed (`renew_at`).
    """

    message: StoredMessage
    receipt: str
    hidden_until: float
    renew_at: float
    renewal: asyncio.Task[None] | None = None

    @property
    def count(self) -> int:
        """How often the message has been received, this time included."""
        return self.message.dequeue_count or 0

    def __str__(self) -> str:
        return f"message {self.message.id} (delivery {self.count})"


class Courier:
    """Takes the messages of one queue to one function, and back to the queue service.

    `visibility_seconds` is how long a received or renewed message is invisible. `poison` None = no poison queue.
    """

    def __init__(
        self,
        function: IndexedFunction,
        queue: QueueClient,
        poison: QueueClient | None,
        options: QueueOptions,
        invoker: Invoker,
        visibility_seconds: float,
    ) -> None:
        self._function = function
        self._queue = queue
        self._poison = poison
        self._options = options
        self._invoker = invoker
        self._visibility = visibility_seconds
        self._failures = FailureLog(function.name)
        self._told: set[str] = set()
        self.by_hand = 0

    def take(self, message: StoredMessage) -> Delivery:
        """Return the delivery of a message that was received just now."""
        now = time.monotonic()
        return Delivery(message, message.pop_receipt or "", now + self._visibility, now + self._visibility / 2)

    async def deliver(self, delivery: Delivery) -> None:
        """Run the function and end the delivery. Raises nothing: what can't be ended comes again by itself."""
        try:
            argument = await self._argument(delivery)
            if argument is None:
                return
            failed = not await self._run(delivery, argument)
            if delivery.renewal is not None:
                await delivery.renewal
            if failed:
                await self._after_failure(delivery)
            else:
                await self._delete(delivery)
        except AzureError as error:
            _log.error(
                "%s: %s could not be ended, so it comes again when its visibility ends: %s",
                self._function.name,
                delivery,
                error,
            )

    async def invoke(self, text: str) -> None:
        """Run the function for a message that has `text` and neither id nor receipt. Raises whatever it raises."""
        stored = StoredMessage(content=text, dequeue_count=0)
        self.by_hand += 1
        try:
            argument = queue_argument.make(self._function, stored, text.encode())
            await self._invoker.call(self._function, argument.value)
        finally:
            self.by_hand -= 1

    def renew_if_due(self, delivery: Delivery, now: float) -> None:
        """Begin to renew the visibility of `delivery` when half of it is over."""
        if now >= delivery.renew_at and (delivery.renewal is None or delivery.renewal.done()):
            delivery.renew_at = now + self._visibility / 2
            delivery.renewal = asyncio.create_task(self._renew(delivery))

    async def _argument(self, delivery: Delivery) -> bytes | None:
        """Return the body to run with, or None when the message went to the poison queue instead."""
        try:
            body = queue_argument.decode(delivery.message.content or "", self._options.base64)
        except queue_argument.NotBase64:
            await self._give_up(delivery, 'is not Base64, as host.json\'s messageEncoding "base64" wants it; never run')
            return None
        if delivery.count > self._options.max_dequeue_count:
            await self._give_up(delivery, f"came more often than maxDequeueCount {self._options.max_dequeue_count}")
            return None
        return body

    async def _run(self, delivery: Delivery, body: bytes) -> bool:
        """Call the function; return whether it succeeded."""
        try:
            argument = queue_argument.make(self._function, delivery.message, body)
            if argument.overwritten:
                self._tell_overwritten(argument.overwritten)
            await self._invoker.call(self._function, argument.value)
        except Exception as error:
            self._failures.tell(error, str(delivery))
            return False
        return True

    async def _after_failure(self, delivery: Delivery) -> None:
        if self._poison is None or delivery.count >= self._options.max_dequeue_count:
            await self._give_up(delivery, f"failed at delivery {delivery.count} of {self._options.max_dequeue_count}")
            return
        with self._lost_message_ignored(delivery):
            await self._queue.update_message(
                delivery.message.id,
                pop_receipt=delivery.receipt,
                visibility_timeout=self._options.visibility_timeout_seconds,
            )

    async def _give_up(self, delivery: Delivery, why: str) -> None:
        name, queue = self._function.name, self._queue.queue_name
        if self._poison is None:
            _log.warning(
                "%s: %s %s. Queue %s has no poison queue, so the message stays there, invisible for up to %g s.",
                name, delivery, why, queue, self._visibility,
            )  # fmt: skip
            return
        await poison_queue.add(self._poison, delivery.message.content or "")
        _log.warning(
            "%s: %s %s. Moved to %s, with a new id and no reason; it expires there in 7 days.",
            name, delivery, why, self._poison.queue_name,
        )  # fmt: skip
        await self._delete(delivery)

    async def _delete(self, delivery: Delivery) -> None:
        with self._lost_message_ignored(delivery):
            await self._queue.delete_message(delivery.message.id, delivery.receipt)

    async def _renew(self, delivery: Delivery) -> None:
        try:
            with self._lost_message_ignored(delivery):
                renewed = await self._queue.update_message(
                    delivery.message.id,
                    pop_receipt=delivery.receipt,
                    visibility_timeout=self._visibility,  # type: ignore[arg-type]  # a test may give a fraction
                )
                delivery.receipt = renewed.pop_receipt or delivery.receipt
                delivery.hidden_until = time.monotonic() + self._visibility
                self._tell_renewed(delivery)
                return
        except AzureError as error:
            delivery.renew_at = time.monotonic() + self._visibility / 4
            _log.warning("%s: %s could not be renewed, trying again: %s", self._function.name, delivery, error)
            return
        # Somebody else has the message by now, so there is nothing left to renew.
        delivery.renew_at = float("inf")

    @contextlib.contextmanager
    def _lost_message_ignored(self, delivery: Delivery) -> Iterator[None]:
        """Swallow what the host swallows: the message has a newer pop receipt, or it or its queue is gone."""
        try:
            yield
        except HttpResponseError as error:
            mismatch = error.status_code == 400 and getattr(error, "error_code", "") == "PopReceiptMismatch"
            if not mismatch and error.status_code not in (404, 409):
                raise
            _log.debug("%s: %s is no longer ours (%s)", self._function.name, delivery, error.status_code)

    def _tell_renewed(self, delivery: Delivery) -> None:
        if "renewed" not in self._told:
            self._told.add("renewed")
            _log.warning(
                "%s: the visibility of %s was renewed after %g s of running: its msg.pop_receipt is stale from now on "
                "(said once).",
                self._function.name, delivery, self._visibility / 2,
            )  # fmt: skip

    def _tell_overwritten(self, names: tuple[str, ...]) -> None:
        if "overwritten" not in self._told:
            self._told.add("overwritten")
            _log.warning(
                "%s: keys of a JSON body replaced the message's own %s. Declare data_type=func.DataType.BINARY to keep "
                "them apart (said once).",
                self._function.name, ", ".join(names),
            )  # fmt: skip
