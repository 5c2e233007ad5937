"""Roll-up marks: does something wait to be recomputed for long?"""

from __future__ import annotations

from datetime import datetime, timedelta

from processors.health.check import Check, Topic
from shared.lengths import length

TOPIC = Topic("rollups_behind", "warning", "roll-ups-fall-behind")
SCOPE = "rollups:marks"
OLD = timedelta(hours=1)


def check(oldest: datetime | None, now: datetime) -> Check:
    """Return whether the oldest dirty mark is older than an hour."""
    if oldest is None:
        return TOPIC.ok(SCOPE, "nothing waits to be recomputed")
    age = length(now - oldest)
    if now - oldest <= OLD:
        return TOPIC.ok(SCOPE, f"the oldest mark is {age} old")
    return TOPIC.finding(SCOPE, f"Roll-ups lack what came in {age} ago: the oldest mark is of then.")
