"""Opening of a run: how does it begin?

By its job: whoever asks for a slot (the timer, CatchUpRuns, a person) asks for the job (name, slot), and the first
wins. A slot whose run is in the ledger, or has a job, is done or under way: asking again is a duplicate. A forced
run is a new one of the same slot, with a number of its own.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, Literal

from shared import audit, clock
from shared.documents.containers import RUNS
from shared.errors import Transient, UsageError
from shared.jobs.kinds import Kind
from shared.jobs.producer import Producer
from shared.jobs.record import JobKey
from shared.jobs.record_store import Records
from shared.jobs.runs import job as run_job
from shared.jobs.runs.definition import RunDefinition, RunDefinitions
from shared.jobs.runs.job import Trigger, id_of
from shared.jobs.runs.ledger import Ledger
from shared.jobs.runs.run_kind import run_kind
from shared.jobs.runs.slots import Slot, not_due_text
from shared.services import Services
from shared.telemetry import signals

_TRIES = 20
"""Numbers that a forced run tries when others force the same slot at the same moment."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What asking for a run came to, and the run's state as far as known."""

    what: Literal["accepted", "duplicate"]
    name: str
    id: str
    status: str

    @property
    def key(self) -> JobKey:
        """Which job it is."""
        return run_job.key(self.name, self.id)


async def open_latest_run(services: Services, definition: RunDefinition) -> Opened:
    """Open the run of the latest slot: all that a timer function does."""
    slot = definition.slot_at(clock.now())
    return await open_run(services, definition, slot, trigger="timer", by=definition.timer or "")


async def open_run(
    services: Services,
    definition: RunDefinition,
    slot: Slot,
    *,
    trigger: Trigger,
    by: str,
    force: bool = False,
    only: str | None = None,
) -> Opened:
    """Ask for the run of a slot; `by` is who asks. A run that is for `only` one user (by key) is always a forced one.

    Raises UsageError `slot_not_due` for a slot that is yet to come, `run_not_by_user`, and Unavailable; asking again is
    safe.
    """
    if only is not None and not definition.by_user:
        raise UsageError(f"Run {definition.name} isn't made user by user.", code="run_not_by_user")
    if not definition.is_due(slot, clock.now()):
        raise UsageError(not_due_text(slot), code="slot_not_due")
    kind = run_kind(services.settings, RunDefinitions([definition]))
    members = {"name": definition.name, "slot": slot.text, "trigger": trigger, "by": by}
    if force or only is not None:
        return await _forced(services, kind, definition, slot, members | ({"only": only} if only else {}))
    name, run = definition.name, id_of(definition.name, slot.text)
    job = await Records(services.documents).get(run_job.key(name, run))
    if job is not None:
        return Opened("duplicate", name, run, job.record.status)
    standing = await Ledger(services.documents).get(name, run)
    if standing is not None and standing.entry.status != "missed":
        return Opened("duplicate", name, run, standing.entry.status)
    answer = await _producer(services).enqueue(kind, members, by=by, only_new=True)
    opened = Opened(answer.what, name, run, answer.status)
    if trigger != "manual" and answer.what == "accepted":
        signals.current().dispatched(name, clock.now() - slot.at)
    if trigger == "manual" and answer.what == "accepted":
        await _audit(services, opened, by)
    return opened


async def _forced(
    services: Services, kind: Kind, definition: RunDefinition, slot: Slot, members: dict[str, Any]
) -> Opened:
    records, token = Records(services.documents), secrets.token_hex(8)
    known = services.documents.query(
        RUNS, partition=definition.name, where=[("slot", "=", slot.text), ("n", "exists", True)], select=["n"]
    )
    used = {document.body["n"] async for document in known}
    for n in islice((n for n in count(1) if n not in used), _TRIES):  # whatever number a message made up
        asked = {**members, "n": n, "token": token}
        answer = await _producer(services).enqueue(kind, asked, by=members["by"], only_new=True)
        if answer.what == "duplicate":
            continue
        job = await records.get(answer.key)
        if job is not None and (job.record.payload or {}).get("token") == token:
            opened = Opened("accepted", definition.name, answer.key.id, job.record.status)
            await _audit(services, opened, members["by"], forced=True)
            return opened
    raise Transient(f"Others force slot {slot.text} of {definition.name} all the time. Try again.", code="contended")


async def _audit(services: Services, opened: Opened, by: str, *, forced: bool | None = None) -> None:
    await audit.write(
        services.documents, "run", by=by, job=opened.id, scope=opened.key.scope, kind="run", forced=forced
    )


def _producer(services: Services) -> Producer:
    return Producer(Records(services.documents), services.queues)
