"""Occasions of a rule: the slots of its frequency, each moved by what spreads rules that all say 09:00."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from processors.alerts.frequency import Frequency, between, next_after
from shared.documents import ids


@dataclass(frozen=True, slots=True)
class Occasions:
    """The slots of a frequency for the rule `id`, each later by the same part of `jitter`, which its id decides."""

    frequency: Frequency
    id: str
    jitter: timedelta

    def after(self, instant: datetime) -> datetime | None:
        """Return the first slot later than `instant`; None when there is none any more."""
        moved = self._moved
        found = next_after(self.frequency, instant - moved)
        return None if found is None else found + moved

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the slots later than `after` and not later than `until`."""
        moved = self._moved
        return (slot + moved for slot in between(self.frequency, after - moved, until - moved))

    @property
    def _moved(self) -> timedelta:
        seconds = int(self.jitter.total_seconds())
        return timedelta(seconds=int(ids.sha256(self.id)[:8], 16) % (seconds + 1)) if seconds else timedelta()
