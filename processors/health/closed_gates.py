"""Closed gates: is something held back for long?"""

from __future__ import annotations

from datetime import datetime, timedelta

from processors.health.check import Check, Topic
from shared import clock
from shared.jobs.gates import Gate
from shared.lengths import length

TOPIC = Topic("gate_closed", "warning", "a-gate-is-closed")
PATIENCE = timedelta(minutes=10)
"""A rate limit closes a gate for seconds or minutes: that is what gates are for."""


def check(gate: Gate, since: datetime | None, now: datetime) -> Check:
    """Return whether a closed gate is one to tell of: closed for ten minutes (`since`), or to be for longer than that.

    Of one that a person has closed without end at once.
    """
    scope = f"gate:{gate.name}"
    held = now - since if since else timedelta()
    until = "until somebody opens it" if gate.due is None else f"until {clock.to_text(gate.due)}"
    told = f"Gate {gate.name} is closed {until}: {gate.reason} (by {gate.by})"
    if gate.due is not None and held <= PATIENCE and gate.due - now <= PATIENCE:
        return TOPIC.ok(scope, told)
    return TOPIC.finding(scope, f"{told}; seen closed for {length(held)}.")
