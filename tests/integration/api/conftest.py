"""What do the tests of the API share? An app with keys, on a Monday morning."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.azurite import Azurite
from tests.integration.api.worlds import ApiWorld
from tests.integration.jobs.worlds import MovingClock


@pytest.fixture
async def world(time: MovingClock, azurite: Azurite) -> AsyncIterator[ApiWorld]:
    """An app that nobody has asked for anything."""
    time.advance(1)
    made = ApiWorld(time, azurite.connection_string)
    yield made
    await made.close()
