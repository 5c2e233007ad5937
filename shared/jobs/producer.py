"""Producer: how does the app itself put a job into a queue?

Send first, then see to the record, then answer: a producer that dies in between leaves a message, never a record that
nobody wakes. Within the kind's windows a repeat is answered as duplicate without sending, except that of a kind whose
latest asking counts: a message without generation tells when it was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from shared import clock
from shared.errors import Conflict, PreconditionFailed
from shared.jobs import messages, sending, transitions
from shared.jobs.kinds import Kind, Policy
from shared.jobs.record import JobKey, Record
from shared.jobs.record_store import Records
from shared.jobs.trust import trusted
from shared.queues.port import Queues
from shared.telemetry import signals


@dataclass(frozen=True, slots=True)
class Answer:
    """What a producer is told: accepted (a message was sent) or duplicate, and the job's state as far as known."""

    what: Literal["accepted", "duplicate"]
    key: JobKey
    status: str
    generation: int
    clamped: tuple[str, ...] = ()
    """Members of the payload whose instant was ahead, and counts as now."""


class Producer:
    """Enqueues jobs of recorded kinds."""

    def __init__(self, records: Records, queues: Queues) -> None:
        self._records = records
        self._queues = queues

    async def enqueue(
        self,
        kind: Kind,
        members: dict[str, Any],
        *,
        by: str,
        traceparent: str | None = None,
        only_new: bool = False,
    ) -> Answer:
        """Enqueue the job that `members` (the payload as JSON members) describes; `by` is who asks.

        With `only_new` any record of it makes it a duplicate, whatever became of that job and however long ago.

        Raises BadMessage with the places when the payload is invalid, Unavailable when queue or store fail (asking
        again is safe).
        """
        given = messages.accept(kind, members)
        payload = kind.settle(given, clock.now())
        key, kept = kind.key_of(payload), messages.stored(kind, payload)
        clamped = _clamped(messages.stored(kind, given), kept)
        traceparent = messages.traceparent_of(traceparent)
        held = await self._records.get(key)
        record = held.record if held else None
        if record is not None and not record.is_job_of(kind.name):
            raise messages.id_taken(kind, key)
        if record is not None and (only_new or is_duplicate(record, kind.policy)):
            if not only_new:
                await self._tell(kind, record, kept, traceparent)
            signals.current().duplicate(kind.name)
            return Answer("duplicate", key, record.status, record.generation, clamped)
        generation = 0 if record is None else record.generation + record.ended
        if record is not None and not record.ended and await self._tell(kind, record, kept, traceparent):
            return Answer("accepted", key, "queued", generation, clamped)
        traceparent = await sending.send(self._queues, kind.queue, kept, generation=generation, traceparent=traceparent)
        try:
            if held is None:
                await self._records.create(transitions.new_queued(kind, key, kept, by=by, traceparent=traceparent))
            elif held.record.ended:
                await self._records.replace(held, transitions.requeued(held.record, kept, by=by, what="queued"))
        except (Conflict, PreconditionFailed):
            # A worker was quicker than we, or another producer: the record speaks of this generation already.
            if kind.latest is not None and (found := await self._records.get(key)) is not None:
                await self._tell(kind, found.record, kept, traceparent)
        return Answer("accepted", key, "queued", generation, clamped)

    async def _tell(self, kind: Kind, record: Record, kept: dict[str, Any], traceparent: str | None) -> bool:
        """Tell by a message without generation that a job was asked for later than its record says; return whether."""
        if kind.latest is None or not kind.latest.is_later(kept, record.payload):
            return False
        await sending.send(self._queues, kind.queue, kept, generation=None, traceparent=traceparent)
        return True


def is_duplicate(record: Record, policy: Policy) -> bool:
    """Return whether a repeat of the job is one inside its kind's windows."""
    record = trusted(record, policy, clock.now())
    if record.status == "completed":
        return record.ended_at is not None and clock.now() < record.ended_at + policy.completed_window
    if record.ended:
        return False
    began = record.generation_began or record.created_at
    return clock.now() < began + max(policy.dedupe_window, timedelta())


def _clamped(given: dict[str, Any], kept: dict[str, Any]) -> tuple[str, ...]:
    """Return the members that were given as an instant and are kept as an earlier one."""
    return tuple(name for name, value in given.items() if value != kept[name] and _is_earlier(kept[name], value))


def _is_earlier(kept: Any, given: Any) -> bool:
    try:
        return clock.parse(kept) < clock.parse(given)
    except (TypeError, ValueError):
        return False
