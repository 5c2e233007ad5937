"""Opening: what did a gate hold back, and how does it go on at once?

A gate leaves its messages invisible until it is due, and jobs that ran into it say in their records that they wait so
long. When somebody opens it by hand, both are woken: a job as Rescue does it, due now (waking.py); a message that no
record tells of by its receipt (held_messages.py).
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared import clock, lanes
from shared.documents.containers import JOBS
from shared.documents.port import Condition
from shared.jobs import held_messages, history, transitions
from shared.jobs.decide import NEARLY_DUE
from shared.jobs.held_messages import HeldMessage
from shared.jobs.kinds import Registry
from shared.jobs.record import LIVE, JobKey, Record, from_body
from shared.jobs.record_store import Records
from shared.jobs.trust import trusted
from shared.jobs.waking import wake
from shared.queues.port import Queues


@dataclass(frozen=True, slots=True)
class LetGo:
    """What came of one job, or (`is_message`) of one message of which no record tells."""

    job: JobKey | None
    is_message: bool
    woken: bool
    """False: it goes on by itself, or has ended meanwhile."""


class Opening:
    """Wakes what the gate `gate` held back; `by` is who opened it."""

    def __init__(self, records: Records, queues: Queues, registry: Registry, gate: str, *, by: str) -> None:
        self._records = records
        self._queues = queues
        self._kinds = {kind.name: kind for kind in registry if gate in kind.gates}
        self._gate = gate
        self._by = by

    async def held(self, *, marked: bool = False) -> list[JobKey | HeldMessage]:
        """Return what the gate may hold back: jobs of its kinds that haven't ended, and noted messages.

        `marked`: only those jobs whose record says so, or that were let go and whose message may not have been sent; of
        the others nobody knows whether they only wait their turn.
        Keys alone: records are read one by one when it is their turn.
        """
        found: list[JobKey | HeldMessage] = []
        live: list[Condition] = [("kind", "in", sorted(self._kinds)), ("status", "in", list(LIVE))]
        members = None if marked else ("id", "scope")
        async for document in self._records.documents.query(JOBS, where=live, select=members):
            if not marked or _is_marked(from_body(document.body), self._gate):
                found.append(JobKey(document.body["scope"], document.body["id"]))
        return found + [one async for one in held_messages.of_gate(self._records.documents, self._gate)]

    async def let_go(self, held: Sequence[JobKey | HeldMessage]) -> AsyncIterator[LetGo]:
        """Wake each, several at once; yield what came of it. Closing the iterator stops it.

        Raises Unavailable or Misconfigured when the store or the queues fail: doing it again goes on where it was.
        """
        async for done in lanes.results(held, _name_of, self._one):
            yield done

    async def _one(self, held: JobKey | HeldMessage) -> LetGo:
        if isinstance(held, HeldMessage):
            woken = await held_messages.release(self._records.documents, self._queues, held)
            return LetGo(held.job, True, woken)
        found = await self._records.get(held)
        kind = self._kinds.get(found.record.kind) if found else None
        if found is None or kind is None:
            return LetGo(held, False, woken=False)
        now = clock.now()
        record = trusted(found.record, kind.policy, now)
        if self._gate not in kind.gates_of(record.payload or {}) or not _waits(record, self._gate, now):
            return LetGo(held, False, woken=False)
        touched = transitions.let_go(record, gate=self._gate, by=self._by)
        woken = await wake(self._records, self._queues, kind, found, touched, what="let go", level=logging.INFO)
        return LetGo(held, False, woken)


def _waits(record: Record, gate: str, now: datetime) -> bool:
    """Return whether nothing but the gate keeps the job from running now."""
    if record.ended or (record.claim is not None and record.claim.until > now):
        return False
    is_due = record.status != "waiting" or record.due is None or record.due <= now + NEARLY_DUE
    return is_due or history.held_by(record, gate)


def _is_marked(record: Record, gate: str) -> bool:
    event = history.last_event(record) or {}
    return history.held_by(record, gate) or (event.get("what") == "let go" and event["gate"] == gate)


def _name_of(held: JobKey | HeldMessage) -> str:
    return held.delivery.id if isinstance(held, HeldMessage) else held.id
