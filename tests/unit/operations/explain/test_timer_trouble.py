"""Is a housekeeping timer alive?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from operations.explain.timer_trouble import Beat, trouble
from shared import clock
from tests.unit.jobs.build import NOW, later

MINUTE = timedelta(minutes=1)


def body(started: float, succeeded: float | None = None, failed: float | None = None) -> dict[str, Any]:
    """Return a heartbeat with instants so many seconds from now."""
    found: dict[str, Any] = {"lastStart": clock.to_text(later(started))}
    if succeeded is not None:
        found["lastSuccess"] = clock.to_text(later(succeeded))
    if failed is not None:
        found["lastError"] = {"at": clock.to_text(later(failed)), "code": "timeout", "message": "no answer"}
    return found


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (None, "Tick has never fired"),
        ({}, "Tick has never fired"),
        (body(-30, -29), None),
        (body(-30), None),
        (body(-180, -170), None),
        (body(-181, -170), "Tick hasn't fired for 3 m 1 s"),
        (body(-30, -90, -29), "Tick failed last, at 08:59:31: timeout: no answer"),
        (body(-30, -29, -90), None),
        (body(-30, None, -29), "Tick failed last, at 08:59:31: timeout: no answer"),
    ],
)
def test_a_timer_is_in_trouble_when_it_is_silent_or_failed_last(found: dict[str, Any] | None, says: str | None) -> None:
    assert trouble(Beat("Tick", MINUTE, found), NOW) == says
