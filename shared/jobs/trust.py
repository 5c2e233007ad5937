"""Plausibility of a record: which of its instants can be true?

A clock that was ahead leaves a claim that outlasts any claim, or a wait until an instant that nobody meant: the job
would be held until then. Such instants count as come. Pure; docs/protocol.md, Clocks, says which.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared import clock, skew
from shared.jobs.kinds import Policy
from shared.jobs.record import Record, changed


def trusted(record: Record, policy: Policy, now: datetime) -> Record:
    """Return the record without what can't be at `now`: its claim, due time or completion, as wrong clocks wrote them.

    The kind's `policy` says how long a claim lasts. A completion counts from when its message was put into the queue:
    by the queue's clock.
    """
    found: dict[str, Any] = {}
    if record.claim is not None and record.claim.until > now + policy.claim + skew.MAX_APART:
        found["claim"] = None
    if record.due is not None and record.due > now and skew.is_ahead(record.updated_at, now):
        found["due"] = now
    if record.status == "completed" and record.ended_at is not None and skew.is_ahead(record.ended_at, now):
        found["ended_at"] = clock.parse(record.message["putAt"]) if record.message else now
    return changed(record, **found) if found else record
