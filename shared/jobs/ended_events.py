"""Events of ended jobs: how does the metric jobs_ended learn of an ending?

Each generation of a job ends once, as one usage event of the app's own. It is told before the record is written:
whoever is killed in between ends the job again, and tells it again. So an event may say what didn't come to pass; the
ending that does is told later, and stands.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared import clock
from shared.documents.ids import compound
from shared.documents.port import Documents
from shared.jobs.record import Record
from shared.usage import events
from shared.usage.events import UsageEvent
from shared.usage.places import APP

KIND = "job"


async def tell(documents: Documents, record: Record, at: datetime | None = None) -> None:
    """Tell of the ending that `record` shows, as of `at` (default: its end). Raises as the store does."""
    ended = record.ended_at or clock.now()
    generation = record.generation if record.status == "completed" else record.generation - 1
    event = UsageEvent(
        org=APP,
        kind=KIND,
        id=compound(record.key.scope, record.key.id, str(generation)),
        occurred_at=ended,
        updated_at=at or ended,
        type=record.status,
        project=record.kind,
        tag=record.status,
    )
    await events.record(documents, event)


async def correct(documents: Documents, record: Record) -> None:
    """Tell of an ending that stands, after another one of the same generation was told that doesn't."""
    await tell(documents, record, at=clock.now() + timedelta(milliseconds=1))
