"""What do the tests of the model share? A double of it, and a worker that asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.integration.models.model_double import ModelDouble
from tests.integration.models.worlds import World, png, settings

PICTURE = "/tee.png"


@pytest.fixture
def model(httpserver: HTTPServer) -> ModelDouble:
    """A model on this machine."""
    return ModelDouble(httpserver)


@pytest.fixture
def picture_url(httpserver: HTTPServer) -> str:
    """The address of a picture on this machine."""
    httpserver.expect_request(PICTURE).respond_with_data(png(), content_type="image/png")
    return str(httpserver.url_for(PICTURE))


@pytest.fixture
async def new_world(model: ModelDouble, httpserver: HTTPServer) -> AsyncIterator[Callable[..., World]]:
    """Make workers that ask the model double and may fetch from its server."""
    async with AsyncExitStack() as stack:

        def made(**changes: Any) -> World:
            local = {"openai_base_url": model.url, "fetch_allowed_local": f"localhost:{httpserver.port}"}
            world = World(settings(**{**local, **changes}))
            close: Callable[[], Awaitable[None]] = world.close
            stack.push_async_callback(close)
            return world

        yield made


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    """A worker."""
    return new_world()
