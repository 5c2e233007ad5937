"""Closed gates in explanations: which sort of closing is one, and how is it told? Pure."""

from __future__ import annotations

from datetime import datetime

from shared import instants
from shared.jobs.gates import Gate
from shared.lengths import length

BUDGET = "budget:"
"""What gates of spending begin with."""


def code_of(gate: Gate) -> str:
    """Return what sort of closing holds a job back: by hand, a budget, a rate limit, or a setting that is wrong."""
    if gate.reason.startswith("RateLimited"):
        return "gate_budget" if gate.name.startswith(BUDGET) else "gate_limited"
    return "gate_misconfigured" if gate.reason.startswith("Misconfigured") else "gate_by_hand"


def phrase(gate: Gate, now: datetime) -> str:
    """Return a gate's name, with when it was closed, for how long, by whom and why."""
    how_long = f" for {length(gate.due - gate.closed_at)}" if gate.due is not None and not gate.probed else ""
    return f"{gate.name} (closed at {instants.short(gate.closed_at, now)}{how_long} by {gate.by}: {gate.reason})"
