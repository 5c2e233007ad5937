"""What do the tests of roll-ups share? A process, and repeats that don't wait."""

from __future__ import annotations

import pytest

from shared.documents import compare_and_set
from shared.jobs import record_store
from tests.integration.jobs.worlds import MovingClock
from tests.integration.metrics.worlds import World


@pytest.fixture(autouse=True)
def _repeats_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_store, "_PAUSE_SECONDS", 0)
    monkeypatch.setattr(compare_and_set, "_PAUSE_SECONDS", 0)


@pytest.fixture
def of(time: MovingClock) -> World:
    """A process with an empty store."""
    return World(time)
