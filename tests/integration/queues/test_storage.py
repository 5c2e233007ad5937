"""What do the queues of a storage account say when they can't do what they are asked?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared import clock
from shared.errors import Misconfigured, PreconditionFailed, Unavailable
from shared.queues.port import Delivery
from shared.queues.storage import StorageQueues
from tests.azurite import ACCOUNT, KEY, Azurite

FEW_SECONDS = 8.0
"""Three tries, 1 s and 2 s apart, on a machine that has other work."""


def at(address: str) -> StorageQueues:
    return StorageQueues.from_connection_string(
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};QueueEndpoint=http://{address}/{ACCOUNT};"
    )


@pytest.fixture
async def queues(azurite: Azurite) -> AsyncIterator[StorageQueues]:
    """The queues of a running Azurite."""
    opened = StorageQueues.from_connection_string(azurite.connection_string)
    yield opened
    await opened.close()


async def test_a_queue_service_that_is_not_there_is_unavailable_within_a_few_seconds() -> None:
    queues = at("127.0.0.1:1")
    began = time.monotonic()

    with pytest.raises(Unavailable, match="can't be reached"):
        await queues.send("jobs", "{}")

    assert time.monotonic() - began < FEW_SECONDS
    await queues.close()


async def test_a_queue_service_that_fails_is_unavailable_within_a_few_seconds() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 503 Server Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        queues = at(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        began = time.monotonic()

        with pytest.raises(Unavailable, match="503"):
            await queues.depth("jobs")

        assert time.monotonic() - began < FEW_SECONDS
        await queues.close()


async def test_a_short_outage_is_waited_out() -> None:
    asked = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await reader.readuntil(b"\r\n\r\n")
        status = b"503 Server Busy" if asked == 1 else b"200 OK\r\nx-ms-approximate-messages-count: 3"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        queues = at(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")

        assert await queues.depth("jobs") == 3

        await queues.close()


async def test_a_queue_that_is_not_there_is_misconfigured_and_says_so(queues: StorageQueues) -> None:
    assert await queues.depth("never-created") is None

    with pytest.raises(Misconfigured, match="There is no queue 'never-created'") as raised:
        await queues.send("never-created", "{}")

    assert raised.value.code == "queue_missing"


async def test_a_stale_receipt_is_a_failed_precondition(queues: StorageQueues) -> None:
    await queues.ensure("stale-receipts")
    sent = await queues.send("stale-receipts", "{}")
    stale = Delivery("stale-receipts", b"{}", sent, "bm90LWEtcmVjZWlwdA==", 1, clock.now())

    with pytest.raises(PreconditionFailed):
        await queues.postpone(stale, timedelta(seconds=5))


async def test_a_queue_is_created_once(queues: StorageQueues) -> None:
    assert [await queues.ensure("created-once"), await queues.ensure("created-once")] == [True, False]


def test_what_is_no_connection_string_is_named() -> None:
    with pytest.raises(Misconfigured, match="AzureWebJobsStorage"):
        StorageQueues.from_connection_string("nonsense")
