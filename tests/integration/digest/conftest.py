"""What do the tests of digests share? A clock on a Monday morning, workers, and a model that they let answer."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.azurite import Azurite
from tests.integration.digest.worlds import DigestWorld
from tests.integration.jobs.worlds import MovingClock
from tests.integration.models.model_double import ModelDouble


@pytest.fixture
def time(time: MovingClock) -> MovingClock:
    """Time that stands still on the Monday of 2026-W48, a second after its slot."""
    time.advance(1)
    return time


@pytest.fixture
def model(httpserver: HTTPServer) -> ModelDouble:
    """A model that answers what the test says."""
    return ModelDouble(httpserver)


@pytest.fixture
def user() -> str:
    """A user of this test alone: the blobs' account is the session's."""
    return f"user-{uuid.uuid4().hex[:10]}"


@pytest.fixture
async def new_world(time: MovingClock, azurite: Azurite) -> AsyncIterator[Callable[..., DigestWorld]]:
    """Make workers."""
    async with AsyncExitStack() as stack:

        def made(**more: Any) -> DigestWorld:
            world = DigestWorld(time, azurite.connection_string, **more)
            stack.push_async_callback(world.close)
            return world

        yield made


@pytest.fixture
def world(new_world: Callable[..., DigestWorld]) -> DigestWorld:
    """A worker."""
    return new_world()
