"""What do the tests of alerts share? A clock they move, workers, and a server that plays webhooks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.azurite import Azurite
from tests.integration.alerts.worlds import AlertWorld
from tests.integration.jobs.worlds import MovingClock


@pytest.fixture
async def new_world(time: MovingClock, azurite: Azurite) -> AsyncIterator[Callable[..., AlertWorld]]:
    """Make workers."""
    async with AsyncExitStack() as stack:

        def made(**more: Any) -> AlertWorld:
            world = AlertWorld(time, azurite.connection_string, **more)
            stack.push_async_callback(world.close)
            return world

        yield made


@pytest.fixture
def world(new_world: Callable[..., AlertWorld]) -> AlertWorld:
    """A worker."""
    return new_world()
