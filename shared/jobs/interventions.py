"""Interventions: what an operator may do to a job.

Replay, discard, purge what is dead; cancel what hasn't ended. Every one is a compare-and-set on the record as it was
read, leaves an audit line, and raises UsageError when it can't be done. bulk.py says which letters, and how fast.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from shared import audit, clock
from shared.documents.containers import JOBS
from shared.errors import PreconditionFailed, UsageError
from shared.jobs import aftermath, messages, sending, transitions
from shared.jobs.gates import Gates
from shared.jobs.kinds import Kind, Registry
from shared.jobs.record import Record, changed
from shared.jobs.record_store import Held, Records
from shared.masking import holds_mask, restored
from shared.queues.port import Queues

LOOP_GUARD = 3
"""Replays of a job whose cause did not change; the next is refused unless forced."""


class Interventions:
    """The operators' side of the queue runtime. `by` is who acts; `records` are what they act on.

    `checks` says by a dependency's name how to ask whether it answers; each is asked once, before the first replay of a
    kind that has it.
    """

    def __init__(
        self,
        records: Records,
        queues: Queues,
        gates: Gates,
        registry: Registry,
        *,
        by: str,
        checks: Mapping[str, Callable[[], Awaitable[None]]] | None = None,
    ) -> None:
        self.records = records
        self._unchecked = dict(checks or {})
        self._queues = queues
        self._gates = gates
        self._registry = registry
        self.by = by

    async def replay(self, held: Held, *, edited: dict[str, Any] | None = None, force: bool = False) -> Record:
        """Send a dead letter's payload (or its correction, `edited`) again; return the record as it stands then.

        Order: validate, check the gates, send with generation + 1, then the record queued, generation + 1, if it is
        still the ended one. Raises what `check_replay` raises.
        """
        record = held.record
        kind, payload = await self.check_replay(record, edited=edited, force=force)
        kept = messages.stored(kind, payload)
        if kind.latest is not None and edited is not None and edited.get(kind.latest.member) is None:
            standing = (record.payload or {}).get(kind.latest.member)
            if standing is not None:  # a record may be older than the member
                kept[kind.latest.member] = standing  # a replay keeps its record's instant
        marks = {
            "cause": record.reason.cause if record.reason else None,
            "edited": edited is not None or None,
            "forced": force or None,
        }
        if record.is_bare_message:
            return await self._replay_bare(kind, held, kept, marks)
        generation = record.generation + 1
        await sending.send(self._queues, kind.queue, kept, generation=generation, traceparent=record.traceparent)
        queued = transitions.requeued(record, kept, by=self.by, what="replayed")
        try:
            queued = (await self.records.replace(held, queued)).record
        except PreconditionFailed:
            found = await self.records.get(record.key)  # a worker had the message before we had the record
            queued = found.record if found else queued
        await self._audit("replay", record, **marks)
        return queued

    async def check_replay(
        self, record: Record, *, edited: dict[str, Any] | None = None, force: bool = False
    ) -> tuple[Kind, Any]:
        """Return the kind and the validated payload that a replay would send, changing nothing.

        Raises BadMessage when the payload is invalid, UsageError when it isn't dead, when its gate is closed, or when
        the same payload died of the same cause after 3 replays (`force` overrides the last two); Transient or
        Misconfigured when a dependency doesn't answer.
        """
        if record.status != "dead":
            raise _not(record, "dead letters are replayed")
        kind = self._registry.named(record.kind)
        if edited is None:
            payload = messages.validate(kind, self._members_of(record))
        else:
            payload = messages.accept(kind, self._corrected(record, edited))
        settled = kind.settle(payload, record.generation_began or record.created_at)
        if kind.recorded and not record.is_bare_message:
            payload = settled
            named = kind.key_of(payload)
            if named != record.key:
                raise UsageError(
                    f"The edited payload names another job ({named.id} of {named.scope}); keep what identifies job "
                    f"{record.key.id} of {record.key.scope}, or ask for it as a new job.",
                    code="edited_names_another_job",
                    fields={"kind": kind.name},
                )
        gates = kind.gates_of(vars(payload))
        if not force:
            if edited is None:  # a corrected payload is the mend that the guard asks for
                self._refuse_loop(record)
            await self._refuse_closed(gates)
        for name in gates:
            if name in self._unchecked:
                await self._unchecked[name]()
                self._unchecked.pop(name, None)
        return kind, payload

    async def discard(self, held: Held, *, why: str | None = None) -> Record:
        """End a dead letter without replaying it. Raises UsageError when it isn't dead (any more)."""
        record = held.record
        if record.status != "dead":
            raise _not(record, "dead letters are discarded")
        discarded = await self._end(held, transitions.ended_by(record, "discarded", by=self.by, why=why))
        await self._audit("discard", record, why=why)
        return discarded

    async def cancel(self, held: Held, *, why: str | None = None) -> Record:
        """End a job that hasn't ended; a worker that runs it writes nothing more. Raises UsageError when it has."""
        record = held.record
        if record.ended:
            raise UsageError(
                f"Job {record.key.id} has ended already ({record.status}); nothing is left to cancel.",
                code="job_ended",
            )
        cancelled = await self._end(held, transitions.ended_by(record, "cancelled", by=self.by, why=why))
        await self._audit("cancel", record, why=why)
        if (kind := self._registry.get(record.kind)) is not None:
            await aftermath.follow(kind, self.records.documents, cancelled)
        return cancelled

    async def purge(self, held: Held) -> None:
        """Delete a dead or discarded record with its payload; a message of its still in a queue then counts as new."""
        record = held.record
        if record.status not in ("dead", "discarded"):
            raise _not(record, "dead and discarded ones are purged")
        try:
            await self.records.documents.delete(JOBS, record.key.scope, record.key.id, held.etag)
        except PreconditionFailed:
            raise self._changed(record) from None
        await self._audit("purge", record)

    async def _replay_bare(self, kind: Kind, held: Held, kept: dict[str, Any], marks: dict[str, Any]) -> Record:
        """A dead record that is no job's: its payload goes out as a new message, then it is discarded."""
        record = held.record
        await sending.send(self._queues, kind.queue, kept, generation=None, traceparent=record.traceparent)
        cause = record.reason.cause if record.reason else ""
        discarded = transitions.ended_by(record, "discarded", by=self.by, why="replayed")
        discarded = await self._end(held, changed(discarded, replays=(*record.replays, cause)))
        await self._audit("replay", record, **marks)
        return discarded

    def _members_of(self, record: Record) -> dict[str, Any]:
        if record.raw is not None:
            return messages.decode(base64.b64decode(record.raw))
        return dict(record.payload or {})

    def _corrected(self, record: Record, edited: dict[str, Any]) -> dict[str, Any]:
        """Return a correction that was made from the payload as it is shown: with its secrets masked.

        Raises UsageError for one that changed a text and left the mask in it.
        """
        try:
            original = self._members_of(record)
        except messages.BadMessage:
            original = {}
        kept: dict[str, Any] = restored(edited, original)
        if holds_mask(kept) and not holds_mask(original):
            raise UsageError(
                "The edited payload has a mask (***) where a secret should be: give it whole, or as it was shown.",
                code="edited_masked",
            )
        return kept

    def _refuse_loop(self, record: Record) -> None:
        cause = record.reason.cause if record.reason else ""
        if record.replays[-LOOP_GUARD:] == (cause,) * LOOP_GUARD:
            raise UsageError(
                f"It was replayed {LOOP_GUARD} times and died of the same cause ({cause}) each time. Mend the cause "
                "first.",
                code="replay_loop",
            )

    async def _refuse_closed(self, gates: Sequence[str]) -> None:
        now = clock.now()
        for gate in await self._gates.closed(gates):
            if not gate.due_at(now):
                until = f"until {clock.to_text(gate.due)}" if gate.due else "until somebody opens it"
                raise UsageError(
                    f"Gate {gate.name} is closed {until}, by {gate.by} ({gate.reason}): a replay would only wait.",
                    code="gate_closed",
                    fields={"gate": gate.name},
                )

    async def _end(self, held: Held, ended: Record) -> Record:
        try:
            return (await self.records.replace(held, ended)).record
        except PreconditionFailed:
            raise self._changed(held.record) from None

    def _changed(self, record: Record) -> UsageError:
        return UsageError(
            f"Job {record.key.id} changed meanwhile; look again.", code="job_changed", fields={"id": record.key.id}
        )

    async def _audit(self, action: str, record: Record, **fields: Any) -> None:
        await audit.write(
            self.records.documents, action, by=self.by, job=record.key.id, scope=record.key.scope, kind=record.kind,
            generation=record.generation, **fields,
        )  # fmt: skip


def _not(record: Record, what: str) -> UsageError:
    return UsageError(f"Job {record.key.id} is {record.status}; only {what}.", code="job_not_dead")
