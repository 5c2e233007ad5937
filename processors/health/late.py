"""Late slots: was the last slot whose deadline is over completed?"""

from __future__ import annotations

from datetime import datetime

from processors.health.check import Check, Topic
from processors.health.runs import SUCCEEDED, SeenRun, status_of
from shared import clock
from shared.lengths import length

TOPIC = Topic("slot_late", "error", "a-slot-is-late")
_SETTLED = (*SUCCEEDED, "cancelled")
"""Whoever cancels a run knows that its slot isn't completed."""


def check(run: SeenRun, now: datetime) -> Check:
    """Return whether the latest slot that had to be completed by `now` is, or a later one."""
    scope = f"run:{run.name}:slot"
    if run.active_since is None:
        return TOPIC.unknown(scope, "its schedule isn't active yet: CatchUpRuns hasn't met it")
    slot = run.slots.latest(now - run.deadline)
    if slot.at <= run.active_since:
        return TOPIC.ok(scope, "no slot had to be completed yet")
    since = [entry for entry in run.entries if entry.slot_at >= slot.at]
    if any(entry.status in _SETTLED for entry in since):
        return TOPIC.ok(scope, f"slot {slot.text} is settled")
    last = f"run {status_of(since[0])}" if since else "no run of it has begun"
    due = f"it was due at {clock.to_text(slot.at)} and has {length(run.deadline)}"
    return TOPIC.finding(scope, f"Slot {slot.text} of {run.name} isn't completed: {due}; {last}.")
