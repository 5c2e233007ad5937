"""How many messages of a queue are in hand at a time, and what happens to one that came too often?"""

from __future__ import annotations

import asyncio
from pathlib import Path

from azure.storage.queue.aio import QueueServiceClient

from tests.azurite import Azurite
from tests.integration.devhost import host_process
from tests.integration.devhost.host_process import AppFolder, bodies, depth
from tests.patience import until

APP = """
@queue("batches", data_type=func.DataType.BINARY)
async def Batches(msg: func.QueueMessage) -> None:
    note(at="began", body=msg.get_body().decode())
    await gate(msg.get_body().decode())
    note(at="ended")

@queue("came-often", data_type=func.DataType.BINARY)
async def CameOften(msg: func.QueueMessage) -> None:
    note(at="came-often")
"""


async def test_the_next_batch_comes_when_no_more_than_new_batch_threshold_run(
    azurite: Azurite, queues: QueueServiceClient, tmp_path: Path
) -> None:
    queue = await queues.create_queue("batches")
    for number in range(10):
        await queue.send_message(str(number))
    app = AppFolder(tmp_path, APP, batchSize=4, newBatchThreshold=2)
    async with host_process.running(app, azurite.connection_string) as host:
        assert "at most 6 messages of a queue at a time" in host.output
        first_batch = await app.wait_for_notes(4, at="began")
        app.open_gate(first_batch[0]["body"])
        await app.wait_for_notes(1, at="ended")
        assert await stays(lambda: len(app.notes(at="began")) == 4), "3 in flight are more than the threshold"
        app.open_gate(first_batch[1]["body"])
        await app.wait_for_notes(8, at="began")
        assert await stays(lambda: len(app.notes(at="began")) == 8), "6 in flight are the most"
        for number in range(10):
            app.open_gate(str(number))
        await app.wait_for_notes(10, at="ended")


async def test_a_message_beyond_max_dequeue_count_is_poisoned_without_running(
    azurite: Azurite, queues: QueueServiceClient, tmp_path: Path
) -> None:
    queue = await queues.create_queue("came-often")
    await queue.send_message("x")
    for _ in range(2):
        message = await queue.receive_message(visibility_timeout=30)
        assert message is not None
        await queue.update_message(message.id, message.pop_receipt, visibility_timeout=0)
    app = AppFolder(tmp_path, APP, maxDequeueCount=2)
    async with host_process.running(app, azurite.connection_string) as host:
        poison = queues.get_queue_client("came-often-poison")

        async def is_poisoned() -> bool:
            return await bodies(poison) == ["x"] and await depth(queue) == 0

        await until(is_poisoned, "a poison message")
        assert app.notes(at="came-often") == []
        assert "came more often than maxDequeueCount 2" in host.log


async def stays(condition) -> bool:  # type: ignore[no-untyped-def]
    """Say whether `condition` holds through several polls of the host."""
    for _ in range(8):
        if not condition():
            return False
        await asyncio.sleep(0.1)
    return True
