"""What is seen of a scheduled run: its schedule and its newest entries in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import clock
from shared.jobs.runs.ledger import Entry
from shared.jobs.runs.slots import Slots

SUCCEEDED = ("completed", "completed_with_failures")
"""What counts as success: what failed in parts has its dead letters, and was told by those."""


@dataclass(frozen=True, slots=True)
class SeenRun:
    """A scheduled run. `active_since` None: CatchUpRuns hasn't met its schedule yet, so no slot was missed.

    `entries` are the newest in the ledger, the latest slot first, without those that were missed or are for one user.
    """

    name: str
    slots: Slots
    deadline: timedelta
    active_since: datetime | None
    entries: tuple[Entry, ...] = ()
    queue: str | None = None
    """The queue of its shards."""

    def successes(self) -> Iterator[Entry]:
        """Yield the runs that succeeded, the latest slot first."""
        return (entry for entry in self.entries if entry.status in SUCCEEDED)

    @property
    def last_success(self) -> datetime | None:
        """When a run last ended well."""
        return max((entry.ended_at for entry in self.successes() if entry.ended_at), default=None)


def status_of(entry: Entry) -> str:
    """Return in words where a run is."""
    ended = sum(count for state, count in entry.shards.items() if state not in ("queued", "running", "waiting"))
    shards = f", {ended} of {entry.planned} shards ended" if entry.planned else ""
    error = f": {entry.error['code']}" if entry.error else ""
    return f"{entry.id} is {entry.status}{error}{shards}, opened {_at(entry.opened_at)}"


def _at(instant: datetime | None) -> str:
    return "at an unknown time" if instant is None else clock.to_text(instant)
