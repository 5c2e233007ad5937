"""What do the tests of moods share? A clock they move, workers, and a model that they let answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.integration.jobs.worlds import MovingClock
from tests.integration.models.model_double import ModelDouble
from tests.integration.mood.worlds import MoodWorld


@pytest.fixture
def model(httpserver: HTTPServer) -> ModelDouble:
    """A model that answers what the test says."""
    return ModelDouble(httpserver)


@pytest.fixture
async def new_world(time: MovingClock) -> AsyncIterator[Callable[..., MoodWorld]]:
    """Make workers."""
    async with AsyncExitStack() as stack:

        def made(**more: Any) -> MoodWorld:
            world = MoodWorld(time, **more)
            stack.push_async_callback(world.close)
            return world

        yield made


@pytest.fixture
def world(new_world: Callable[..., MoodWorld]) -> MoodWorld:
    """A worker that asks no model."""
    return new_world()
