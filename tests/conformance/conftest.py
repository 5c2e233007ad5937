"""Where are the scenarios of a test file played? On one stage."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from azure.storage.queue.aio import QueueServiceClient

from tests.azurite import Azurite
from tests.conformance.stage import Stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The stage of devhost; its scenarios tell their queues and apps apart by name."""
    async with QueueServiceClient.from_connection_string(azurite.connection_string) as service:
        yield Stage(azurite, tmp_path_factory.mktemp("stage"), service)
