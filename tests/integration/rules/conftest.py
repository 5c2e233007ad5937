"""What do the tests of alert rules share? A worker, whose time begins at 09:00."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared import clock
from tests.integration.jobs.worlds import MovingClock
from tests.integration.rules.lived import LivedWorld
from tests.integration.rules.worlds import RuleWorld


@pytest.fixture
async def world(time: MovingClock) -> AsyncIterator[RuleWorld]:
    """A worker of alert rules, at 09:00:00 UTC on a Monday."""
    time.now = time.now.replace(year=2026, month=11, day=23, hour=9, minute=0, second=0, microsecond=0)
    made = RuleWorld(time)
    yield made
    await made.services.close()


@pytest.fixture
async def lived(time: MovingClock) -> AsyncIterator[LivedWorld]:
    """A worker at midnight, 1 September."""
    time.now = clock.parse("2026-09-01T00:00:00Z")
    made = LivedWorld(time, seed=5)
    yield made
    await made.services.close()
