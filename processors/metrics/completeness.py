"""Completeness: up to when do the roll-ups contain what was told?

Whatever the queue got before that instant is in them, unless it is a dead letter, or has failed again and again for
longer than UNSEEN. Known from the oldest mark and the oldest message, at the same cost however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from processors.metrics import registry
from shared import clock
from shared.config import Settings
from shared.documents.port import Documents
from shared.jobs.gates import Gates
from shared.queues.port import Queues
from shared.rollups import marks

UNSEEN = timedelta(minutes=15)
"""The longest that a message is hidden before it is tried again: a hidden one can't be seen in the queue."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """Roll-ups are complete up to `at`. What holds them back: so many marks, the oldest; so many messages of events."""

    at: datetime
    marks: int
    oldest_mark: datetime | None
    waiting_events: int


async def complete_up_to(documents: Documents, queues: Queues, settings: Settings) -> Completeness:
    """Return up to when the roll-ups are complete. Raises Unavailable when store or queue fail."""
    now = clock.now()
    queue = settings.usage_events_queue
    bounds = [now]
    waiting = await queues.depth(queue) or 0
    if waiting:
        oldest = await queues.oldest(queue)
        bounds += [now - UNSEEN, *([oldest] if oldest else [])]
        bounds += [gate.closed_at for gate in await Gates(documents).closed((f"queue:{queue}",))]
    # Read after the queue: a message that ended in between has left its marks by now.
    first = await marks.oldest(documents, registry.SOURCES)
    bounds += [first.since] if first else []
    count = await marks.count(documents, registry.SOURCES) if first else 0
    return Completeness(min(bounds), count, first.since if first else None, waiting)
