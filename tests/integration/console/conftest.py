"""What do the tests of the console share? An app with keys, and a browser that has signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared.blobs.containers import WARDROBE_IMAGES
from tests.azurite import Azurite
from tests.integration.api.worlds import ApiWorld
from tests.integration.console.browser import Browser
from tests.integration.jobs.worlds import MovingClock


@pytest.fixture
async def world(time: MovingClock, azurite: Azurite) -> AsyncIterator[ApiWorld]:
    """An app that nobody has asked for anything."""
    made = ApiWorld(time, azurite.connection_string)
    await made.blobs.ensure(WARDROBE_IMAGES)
    yield made
    await made.close()


@pytest.fixture
async def admins(world: ApiWorld) -> AsyncIterator[Browser]:
    """A browser in which an admin has signed in."""
    async with Browser(world) as opened:
        await opened.sign_in("admin")
        yield opened


@pytest.fixture
async def browser(world: ApiWorld) -> AsyncIterator[Browser]:
    """A browser in which an operator has signed in."""
    async with Browser(world) as opened:
        await opened.sign_in("operator")
        yield opened
