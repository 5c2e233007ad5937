"""Poison queue: where does a message go that the host gives up on?

To ``<queue>-poison``, made when missing: same body, new id, a count that starts again, a life of 7 days, and no
reason. It is copied, then deleted, so a lost answer leaves two. A queue that ends in -poison, or whose poison queue's
name would be too long, has none.
"""

from __future__ import annotations

import contextlib

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue.aio import QueueClient, QueueServiceClient

SUFFIX = "-poison"
LONGEST_QUEUE_NAME = 63
TTL_SECONDS = 7 * 24 * 3600


def name_for(queue: str) -> str | None:
    """Return the name of the poison queue of `queue`, or None when it has none."""
    if queue.endswith(SUFFIX) or len(queue) + len(SUFFIX) > LONGEST_QUEUE_NAME:
        return None
    return queue + SUFFIX


def client_for(queue: str, queues: QueueServiceClient) -> QueueClient | None:
    """Return a client of the poison queue of `queue`, or None when it has none."""
    name = name_for(queue)
    return queues.get_queue_client(name) if name else None


async def add(poison: QueueClient, text: str) -> None:
    """Put the raw `text` of a message into the poison queue; create that when missing. Raises AzureError."""
    try:
        await poison.send_message(text, time_to_live=TTL_SECONDS)
    except ResourceNotFoundError:
        with contextlib.suppress(ResourceExistsError):  # another host may be faster
            await poison.create_queue()
        await poison.send_message(text, time_to_live=TTL_SECONDS)
