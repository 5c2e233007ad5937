"""Waking: how does a job get a message again?

Touch first, then send: the record is changed by compare-and-set, so that of two who would wake the job one does; then
its message is sent again, of the same generation. What the record says decides, so one message more is harmless.
"""

from __future__ import annotations

import logging

from shared import telemetry
from shared.errors import PreconditionFailed
from shared.jobs import messages, sending
from shared.jobs.kinds import Kind
from shared.jobs.record import Record
from shared.jobs.record_store import Held, Records
from shared.queues.port import Queues
from shared.telemetry.pseudonyms import shown_job

_log = logging.getLogger("nightshift.rescue")


async def wake(
    records: Records, queues: Queues, kind: Kind, held: Held, touched: Record, *, what: str, level: int
) -> bool:
    """Write `touched` over the record `held`, then send its message again; return whether that was done.

    It isn't when somebody else changed the record meanwhile. `what` names the event that is logged at `level`.
    """
    try:
        await records.replace(held, touched)
    except PreconditionFailed:
        return False  # somebody works on it, or another was quicker to wake it
    record = held.record
    try:
        await sending.send(
            queues, kind.queue, record.payload or {}, generation=record.generation, traceparent=record.traceparent
        )
    except messages.BadMessage as error:
        _log.error(
            "job %s can't be woken, its message would be too large: %s", shown_job(kind.name, record.key.id), error
        )
        return False
    telemetry.event(
        _log, level, what, kind=kind.name, job_id=shown_job(kind.name, record.key.id), status=record.status,
        generation=record.generation,
    )  # fmt: skip
    return True
