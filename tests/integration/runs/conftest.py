"""What do the tests of the runs share? A clock they move, and a store whose repeats don't wait."""

from __future__ import annotations

import pytest

from shared.jobs import record_store as records


@pytest.fixture(autouse=True)
def _repeats_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_PAUSE_SECONDS", 0)
