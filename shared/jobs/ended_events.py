"""Events of ended jobs: how does the metric jobs_ended learn of an ending?

Each generation of a job ends once, as one usage event of the app's own. It is told before the record is written:
whoever is killed in between ends the job again, and tells it again. So an event may say what didn't come to pass; the
ending that does is told later, and stands.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared import clock
from shared.documents import ids
from shared.documents.port import Documents
from shared.errors import Transient, Unavailable
from shared.jobs.record import Record
from shared.usage import events
from shared.usage.events import UsageEvent
from shared.usage.places import APP

KIND = "job"


def is_ending(record: Record) -> bool:
    """Return whether a generation of the job ended with this record; a discarded one was dead before."""
    return record.ended and record.status != "discarded"


async def tell(documents: Documents, record: Record, at: datetime | None = None) -> None:
    """Tell of the ending that `record` shows, as of `at` (default: its end). Raises Unavailable: then it hasn't ended.

    The event is kept longer than the job, and when its user is forgotten: so a hash stands for what names the job.
    """
    ended = record.ended_at or clock.now()
    generation = record.generation if record.status == "completed" else record.generation - 1
    event = UsageEvent(
        org=APP,
        kind=KIND,
        id=ids.sha256(ids.compound(ids.beside(record.key.scope), record.key.id, str(generation)))[:32],
        occurred_at=ended,
        updated_at=at or ended,
        type=record.status,
        project=record.kind,
        tag=record.status,
    )
    try:
        await events.record(documents, event)
    except Transient as error:
        raise Unavailable(str(error), code=error.code, dependency="store") from error


async def correct(documents: Documents, record: Record) -> None:
    """Tell of an ending that stands, after another one of the same generation was told that doesn't."""
    await tell(documents, record, at=clock.now() + timedelta(milliseconds=1))
