"""Runs that were ended from outside: what does the ledger say of them?

Cancelled, dead by its last attempt or its sixth crash, given up by the host: whoever did it lets `follow` write the
ledger at once, and then what its shards ended as; what was lost on the way, `settle` finds: CatchUpRuns calls it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from shared import clock
from shared.documents.compare_and_set import contended, in_rounds
from shared.documents.containers import JOBS, RUNS
from shared.documents.port import Documents
from shared.errors import PreconditionFailed, Unavailable, UsageError
from shared.jobs.record import LIVE, Reason, Record, from_body
from shared.jobs.record_store import Records
from shared.jobs.runs import job as run_job
from shared.jobs.runs import shards
from shared.jobs.runs.definition import RunDefinitions
from shared.jobs.runs.ledger import PHASES, Entry, HeldEntry, Ledger, ended_by, held_of, log_end

_ENDED_OTHERWISE = ("dead", "cancelled", "discarded")
KIND = "run"
LATELY = timedelta(days=1)
"""So long after a run's job was ended from outside it is seen to that ledger and shards say so too: it may have ended
before its first step, so that the ledger knows nothing of it, or while shards were being planned."""
_GONE = Reason("job_gone", "NightshiftError", "The job of this run was purged", "")


async def cancel_shards(documents: Documents, name: str, run: str) -> None:
    """Cancel the open shards of a run whose ledger says cancelled, and let it say what they ended as."""
    count = await shards.cancel_open(documents, run, by=f"run {run}")
    await _count(documents, name, run, surely=count > 0)


class EndedFromOutside:
    """Writes failed or cancelled into the ledger, and cancels the shards of cancelled runs."""

    def __init__(self, definitions: RunDefinitions) -> None:
        self._definitions = definitions

    async def follow(self, documents: Documents, record: Record) -> None:
        """Write what follows from the end of a run's job: `record` is dead or cancelled."""
        ledger, name = Ledger(documents), str((record.payload or {}).get("name"))

        async def known_as_ended() -> bool:
            held = await ledger.get(name, record.key.id)
            if held is not None and held.entry.ended and held.entry.status != "missed":
                return True
            status: Literal["failed", "cancelled"] = "cancelled" if record.status == "cancelled" else "failed"
            entry = held.entry if held else self._unseen(record)
            if entry is None:
                return False
            ended = ended_by(entry, status, record.generation, record.reason)
            await ledger.write(ended, held)
            log_end(ended)
            return True

        if not await in_rounds(known_as_ended, contended(RUNS, record.key.id, Unavailable)):
            return
        if record.status == "cancelled":
            await cancel_shards(documents, name, record.key.id)
        else:
            await _count(documents, name, record.key.id)

    async def settle(self, documents: Documents) -> None:
        """Write what the ledger lacks of runs that ended, and cancel shards that escaped their cancelling."""
        records, ledger = Records(documents), Ledger(documents)
        unended = documents.query(RUNS, where=[("status", "in", list(PHASES))])
        for held in [held_of(document) async for document in unended]:
            job = await records.get(run_job.key(held.entry.name, held.entry.id))
            if job is None:
                await self._lost(ledger, held)
            elif job.record.status in _ENDED_OTHERWISE:
                await self.follow(documents, job.record)
        lately = clock.to_text(clock.now() - LATELY)
        ended = documents.query(
            JOBS, where=[("kind", "=", KIND), ("status", "in", list(_ENDED_OTHERWISE)), ("endedAt", ">=", lately)]
        )
        for record in [from_body(document.body) async for document in ended]:
            await self.follow(documents, record)

    async def _lost(self, ledger: Ledger, held: HeldEntry) -> None:
        try:
            await ledger.write(ended_by(held.entry, "failed", held.entry.generation, _GONE), held)
        except PreconditionFailed:
            return  # somebody writes it: it isn't lost

    def _unseen(self, record: Record) -> Entry | None:
        """Return the entry of a run that ended before its first step; None for what is no run of this app."""
        payload = record.payload or {}
        definition = self._definitions.get(str(payload.get("name")))
        if definition is None:
            return None
        try:
            slot = definition.read(str(payload.get("slot")))
        except UsageError:
            return None
        if record.key != run_job.key(definition.name, run_job.id_of(definition.name, slot.text, payload.get("n"))):
            return None  # of a slot written otherwise, which is no run
        return Entry(
            record.key.id, definition.name, slot.text, slot.at, "planning", payload.get("trigger", "manual"),
            payload.get("by", "message"), definition.kept, payload.get("n"), opened_at=record.created_at,
            for_one=payload.get("only") is not None or None,
        )  # fmt: skip


async def _count(documents: Documents, name: str, run: str, *, surely: bool = False) -> None:
    """Let the ledger of a run that was ended from outside say what its shards are, unless it says that all have ended.

    Those of a failed run go on without it; those of a cancelled one have just been cancelled.
    """
    ledger = Ledger(documents)

    async def recounted() -> None:
        held = await ledger.get(name, run)
        if held is None or held.entry.status not in ("failed", "cancelled"):
            return
        known, entry = held.entry.shards, held.entry
        is_open = any(known.get(state) for state in LIVE)
        if not surely and not is_open and sum(known.values()) == entry.planned:
            return
        found = await shards.by_state(documents, run)
        counted = replace(entry, shards=found, planned=max(entry.planned, await shards.count(documents, run)))
        if counted != entry:
            await ledger.write(counted, held)

    await in_rounds(recounted, contended(RUNS, run, Unavailable))
