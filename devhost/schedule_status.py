"""Stored status of a timer: what does the host remember between two starts, and what does it make of it?

Three instants in a blob: when the timer last ran, when it is to run next, and from when that was computed. It is past
due only if the host finds, at its start, that the stored next instant is over. If the stored next instant isn't what
the schedule gives, the schedule has changed: then it begins anew, and nothing counts as missed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from devhost.schedules import Schedule

NEVER_RAN = datetime(1, 1, 1, tzinfo=UTC)
"""How the host writes "never": as this instant, and alone of all without a zone."""


@dataclass(frozen=True, slots=True)
class Status:
    """The stored instants, aware, in UTC."""

    last: datetime
    next: datetime
    updated: datetime

    def as_members(self) -> dict[str, str]:
        """Return the members under the host's names, as a function gets them too."""
        return {"Last": _text(self.last), "Next": _text(self.next), "LastUpdated": _text(self.updated)}

    def to_json(self) -> str:
        """Return the text of the status blob."""
        return json.dumps(self.as_members(), separators=(",", ":"))


def from_json(text: str) -> Status | None:
    """Return the status in the text of a blob, or None when there is none in it: the host begins anew then."""
    try:
        members = {name.casefold(): value for name, value in json.loads(text).items()}
        return Status(*(_instant(members.get(name)) for name in ("last", "next", "lastupdated")))
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None


def first(schedule: Schedule, now: datetime) -> Status:
    """Return the status of a timer that the host sees for the first time."""
    return Status(last=NEVER_RAN, next=schedule.after(now), updated=now)


def unsaved(status: Status) -> Status:
    """Return the first `status` as the first run sees it: as one that was never updated."""
    return Status(status.last, status.next, NEVER_RAN)


def at_start(stored: Status | None, schedule: Schedule, now: datetime) -> Status:
    """Return the status to begin with. The timer is past due if `now` is later than its `next`."""
    if stored is None:
        return first(schedule, now)
    # "Next" was computed from the last run, or before there was one, from the time of writing.
    since = next((instant for instant in (stored.last, stored.updated) if instant > NEVER_RAN), now)
    expected = schedule.after(since)
    if stored.next == expected:
        return stored
    if now > expected:
        return first(schedule, now)
    return Status(last=NEVER_RAN, next=expected, updated=since)


def after_run(before: Status, schedule: Schedule, began: datetime, *, unscheduled: bool = False) -> Status:
    """Return the status after a run that began at `began`. `unscheduled`: it was past due or the start's own.

    A host that fires a little early counts from the scheduled instant, or it would fire a second time for it.
    """
    counted = began if unscheduled else max(began, before.next)
    return Status(last=counted, next=schedule.after(counted), updated=counted)


def _text(instant: datetime) -> str:
    return (instant.replace(tzinfo=None) if instant == NEVER_RAN else instant).isoformat()


def _instant(value: object) -> datetime:
    if value is None:
        return NEVER_RAN
    instant = datetime.fromisoformat(str(value))
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
