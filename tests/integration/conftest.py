"""What do the integration tests share? Time that they move."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared import clock
from tests.integration.jobs.worlds import MovingClock


@pytest.fixture
def time() -> Iterator[MovingClock]:
    """Time, which stands still until something moves it."""
    moving = MovingClock()
    with clock.running_on(lambda: moving.now):
        yield moving
