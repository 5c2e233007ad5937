"""History: what does a record's timeline say of how the job came to wait?

Pure: reads a record's events, the newest first.
"""

from __future__ import annotations

from typing import Any

from shared.jobs.record import Record

_FAILURES = frozenset({"attempt failed", "held", "dead"})


def last_event(record: Record) -> dict[str, Any] | None:
    """Return the event that left the job as it is: not that somebody sent its message again."""
    return next((event for event in reversed(record.timeline) if event["what"] != "rescued"), None)


def last_failure(record: Record) -> dict[str, Any] | None:
    """Return the newest failure that the timeline tells of: its event has `code`, `class` and `message`."""
    return next((event for event in reversed(record.timeline) if event["what"] in _FAILURES), None)


def held_by(record: Record, gate: str) -> bool:
    """Return whether the job's due time is the gate's: its last handling closed it.

    A record of an older app doesn't name the gate; then it may be any of its kind's.
    """
    event = last_event(record) or {}
    return record.status == "waiting" and event.get("what") == "held" and event.get("gate", gate) == gate
