"""What do the devhost tests share? Clients of the session's Azurite."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from tests.azurite import Azurite


@pytest_asyncio.fixture
async def queues(azurite: Azurite) -> AsyncIterator[QueueServiceClient]:
    """A client of all queues."""
    async with QueueServiceClient.from_connection_string(azurite.connection_string) as client:
        yield client


@pytest_asyncio.fixture
async def blobs(azurite: Azurite) -> AsyncIterator[BlobServiceClient]:
    """A client of all blobs."""
    async with BlobServiceClient.from_connection_string(azurite.connection_string) as client:
        yield client
