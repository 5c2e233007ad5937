"""What do the tests of the runs share? A clock they move, and a store whose repeats don't wait."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared import clock
from shared.jobs import records
from tests.integration.jobs.worlds import MovingClock


@pytest.fixture
def time() -> Iterator[MovingClock]:
    """Time, which stands still until the test moves it."""
    moving = MovingClock()
    with clock.running_on(lambda: moving.now):
        yield moving


@pytest.fixture(autouse=True)
def _repeats_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_PAUSE_SECONDS", 0)
