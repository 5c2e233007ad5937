"""The peer of a queue host: receive, delete, receive. `python -m bench.bare_loop QUEUE COUNT`

As the host does, it receives a page of 16, ends each message in a task of its own, and receives again when no more
than newBatchThreshold (half a page a CPU) are left. It tells of the first and the last message as the no-op job does.
"""

from __future__ import annotations

import asyncio
import os
import sys

from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from bench import told

PAGE = 16


async def drain(queue: QueueClient, count: int) -> None:
    """Receive and delete `count` messages."""
    threshold = PAGE // 2 * len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else PAGE
    in_hand: set[asyncio.Task[None]] = set()
    seen = 0
    while seen < count:
        async for page in queue.receive_messages(messages_per_page=PAGE, visibility_timeout=600).by_page():
            async for message in page:
                seen += 1
                if seen == 1:
                    told.tell(1)
                in_hand.add(asyncio.create_task(_delete(queue, message)))
            break
        while len(in_hand) > threshold:
            _, in_hand = await asyncio.wait(in_hand, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.gather(*in_hand)
    told.tell(seen)


async def _delete(queue: QueueClient, message: QueueMessage) -> None:
    await queue.delete_message(message.id, message.pop_receipt)


async def main() -> None:
    """Drain the queue that the arguments name."""
    name, count = sys.argv[1], int(sys.argv[2])
    connection = os.environ["AzureWebJobsStorage"]  # noqa: SIM112 - the host's own name
    # As devhost does on this machine: no look for proxies at each request.
    async with QueueClient.from_connection_string(connection, name, use_env_settings=False) as queue:
        await drain(queue, count)


if __name__ == "__main__":
    asyncio.run(main())
