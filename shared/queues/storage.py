"""Azure Storage adapter: how are the queues of an account reached?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from shared.errors import Misconfigured, PreconditionFailed, Unavailable
from shared.queues import add_only
from shared.queues.add_only import AddOnly
from shared.queues.port import Delivery

# The SDK's own waits (15 s and more) would hide an outage from the runtime, and from an operator, for half a minute.
_RETRY: dict[str, Any] = {
    "retry_total": 2,
    "initial_backoff": 1,
    "increment_base": 1,
    "random_jitter_range": 0,
    "connection_timeout": 5,
    "read_timeout": 20,
}
_ROLE = "Storage Queue Data Contributor"


class StorageQueues:
    """`Queues` on Azure Storage, by connection string or by identity (`from_uri`)."""

    def __init__(self, service: QueueServiceClient, credential: Any = None) -> None:
        self._service = service
        self._credential = credential
        self._clients: dict[str, QueueClient] = {}

    @classmethod
    def from_connection_string(cls, connection_string: str) -> StorageQueues:
        """Open by connection string. Raises Misconfigured when it isn't one."""
        try:
            return cls(QueueServiceClient.from_connection_string(connection_string, **_RETRY))
        except ValueError as error:
            raise Misconfigured(
                f"AzureWebJobsStorage isn't a connection string: {error}", code="setting_invalid"
            ) from None

    @classmethod
    def from_uri(cls, uri: str) -> StorageQueues:
        """Open the account at `uri` with the app's own identity."""
        from azure.identity.aio import DefaultAzureCredential

        credential = DefaultAzureCredential()
        return cls(QueueServiceClient(uri, credential=credential, **_RETRY), credential)

    async def send(self, queue: str, body: str, *, delay: timedelta = timedelta()) -> str:
        """See `Queues.send`."""
        with _classed(queue):
            sent = await self._client(queue).send_message(
                body, visibility_timeout=_whole_seconds(delay), time_to_live=-1
            )
        return str(sent.id)

    async def postpone(self, delivery: Delivery, delay: timedelta) -> str:
        """See `Queues.postpone`."""
        with _classed(delivery.queue, stale=(400, 404, 409)):
            updated = await self._client(delivery.queue).update_message(
                delivery.id, delivery.pop_receipt, visibility_timeout=_whole_seconds(delay)
            )
        return str(updated.pop_receipt)

    async def depth(self, queue: str) -> int | None:
        """See `Queues.depth`."""
        with _classed(queue):
            try:
                properties = await self._client(queue).get_queue_properties()
            except ResourceNotFoundError:
                return None
        return properties.approximate_message_count or 0

    async def oldest(self, queue: str) -> datetime | None:
        """See `Queues.oldest`."""
        with _classed(queue):
            try:
                messages = await self._client(queue).peek_messages(1)
            except ResourceNotFoundError:
                return None
        put_at = messages[0].inserted_on if messages else None
        return put_at if put_at is None or put_at.tzinfo else put_at.replace(tzinfo=UTC)

    async def ensure(self, queue: str) -> bool:
        """See `Queues.ensure`."""
        with _classed(queue):
            try:
                await self._client(queue).create_queue()
            except HttpResponseError as error:
                if error.status_code in (204, 409):  # there already: with the same metadata 204, else 409
                    return False
                raise
        return True

    async def server_time(self) -> datetime:
        """Return what time it is at the queue service, cut to seconds. Raises as the other calls do.

        A refusal tells the time too: the service refuses whoever signs with a clock that is off by 15 minutes.
        """
        answers: list[Any] = []
        with _classed("its properties"):
            try:
                await self._service.get_service_properties(raw_response_hook=answers.append)
            except HttpResponseError:
                if not answers:
                    raise
        said = answers[-1].http_response.headers.get("Date", "")
        try:
            at = parsedate_to_datetime(said)
        except ValueError:
            raise Unavailable(f"The queue service says {said!r} for its time", dependency="queue") from None
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    async def add_only(self, queue: str, until: datetime) -> AddOnly:
        """See `GivesAddOnly.add_only`."""
        by_identity = self._credential is not None
        role = "Storage Queue Delegator' and 'Storage Queue Data Message Sender" if by_identity else _ROLE
        with _classed(queue, role=role):
            return await add_only.signed(self._service, queue, until, by_identity=by_identity)

    async def close(self) -> None:
        """See `Queues.close`."""
        for client in self._clients.values():
            await client.close()
        await self._service.close()
        if self._credential is not None:
            await self._credential.close()

    def _client(self, queue: str) -> QueueClient:
        if queue not in self._clients:
            self._clients[queue] = self._service.get_queue_client(queue)
        return self._clients[queue]


def _whole_seconds(delay: timedelta) -> int:
    return min(max(0, math.ceil(delay.total_seconds())), 7 * 24 * 3600)  # the service's longest visibility timeout


@contextmanager
def _classed(queue: str, stale: tuple[int, ...] = (), role: str = _ROLE) -> Iterator[None]:
    try:
        yield
    except HttpResponseError as error:
        status = error.status_code or 0
        if status in stale:
            raise PreconditionFailed(f"Message of queue {queue!r} isn't ours any more ({status})") from error
        if status == 404:
            raise Misconfigured(f"There is no queue {queue!r}.", code="queue_missing", dependency="queue") from error
        if isinstance(error, ClientAuthenticationError) or status in (401, 403):
            raise Misconfigured(
                f"The queue service refused us at {queue!r} ({status}). Check AzureWebJobsStorage, or give the app's "
                f"identity the role '{role}'.",
                code="queue_denied",
                dependency="queue",
            ) from error
        raise Unavailable(f"The queue service failed at {queue!r}: {status}", dependency="queue") from error
    except AzureError as error:
        raise Unavailable(f"The queue service can't be reached: {error}", dependency="queue") from error
