"""What do the tests of operations share? An app that is operated, on a Monday morning."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared.config import Settings
from tests.azurite import Azurite
from tests.integration.jobs.worlds import MovingClock
from tests.integration.operations.worlds import OperatedWorld


@pytest.fixture
async def world(time: MovingClock, azurite: Azurite) -> AsyncIterator[OperatedWorld]:
    """An app that nobody has asked for anything."""
    time.advance(1)
    made = OperatedWorld(time, azurite.connection_string, Settings(storage=azurite.connection_string))
    yield made
    await made.close()
