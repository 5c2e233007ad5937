"""Clocks: is there a worker whose machine's clock is off?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from processors.health.check import Check, Topic

TOPIC = Topic("clock_off", "error", "a-workers-clock-is-off")
SCOPE = "workers:clocks"


def check(off: Iterable[Mapping[str, Any]]) -> list[Check]:
    """Return a finding per machine that said lately that its clock is off (`machine`, `aheadSeconds`); else one ok."""
    found = [
        TOPIC.finding(
            f"machine:{one['machine']}",
            f"The clock of {one['machine']} is off by {one['aheadSeconds']:+.0f} s: it takes no work.",
        )
        for one in off
    ]
    return found or [TOPIC.ok(SCOPE, "no worker says that its clock is off")]
