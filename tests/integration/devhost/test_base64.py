"""What does messageEncoding "base64", the host's default, do with messages?"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from azure.storage.queue.aio import QueueServiceClient

from tests.azurite import Azurite
from tests.integration.devhost import host_process
from tests.integration.devhost.host_process import AppFolder, bodies, depth
from tests.patience import until

APP = """
@queue("encoded", data_type=func.DataType.BINARY)
async def Encoded(msg: func.QueueMessage) -> None:
    note(at="encoded", body=repr(msg.get_body()))
    if msg.get_body() == b"fails":
        raise ValueError("fails")
"""


async def test_base64_bodies_are_decoded_and_others_go_raw_to_poison_without_running(
    azurite: Azurite, queues: QueueServiceClient, tmp_path: Path
) -> None:
    queue = await queues.create_queue("encoded")
    fails = b64encode(b"fails").decode()
    for text in (b64encode(b"\x00\xff").decode(), '{"not": "base64"}', fails):
        await queue.send_message(text)
    app = AppFolder(tmp_path, APP, messageEncoding="base64", maxDequeueCount=1)
    async with host_process.running(app, azurite.connection_string) as host:
        poison = queues.get_queue_client("encoded-poison")

        async def is_done() -> bool:
            return await depth(queue) == 0 and len(await bodies(poison)) == 2

        await until(is_done, "two poison messages")
        assert sorted(await bodies(poison)) == sorted(['{"not": "base64"}', fails])
        assert sorted(note["body"] for note in app.notes()) == [repr(b"\x00\xff"), repr(b"fails")]
        assert "is not Base64" in host.log
