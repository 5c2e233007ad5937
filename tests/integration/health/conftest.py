"""What do the tests of the watch over jobs share? An app whose runs and timers do well, on a Monday at 09:00."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.health.worlds import HealthWorld
from tests.integration.jobs.worlds import MovingClock


@pytest.fixture
async def world(time: MovingClock) -> AsyncIterator[HealthWorld]:
    """An app that does well."""
    world = HealthWorld(time)
    await world.begin()
    yield world
    await world.close()
