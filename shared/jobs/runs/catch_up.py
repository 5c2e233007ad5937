"""Catch-up: which slots were missed, and what is done about them?

Each schedule's state says since when it is active, and up to which instant its slots are settled; the slots since then
are compared with the ledger. A schedule that was never seen, or has changed, begins anew now: a fresh deployment has
missed nothing. What is settled is settled before the state moves on, so that dying in between only does it again.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import clock, skew, telemetry
from shared.documents.containers import JOBS, RUNS, SCHEDULER_STATE
from shared.documents.port import Condition, Document
from shared.errors import Conflict, PreconditionFailed
from shared.jobs import scopes
from shared.jobs.record import LIVE
from shared.jobs.runs.definition import RunDefinition, RunDefinitions
from shared.jobs.runs.ended_from_outside import EndedFromOutside
from shared.jobs.runs.job import id_of
from shared.jobs.runs.ledger import Entry, Ledger
from shared.jobs.runs.opening import open_run
from shared.jobs.runs.slots import Slot
from shared.services import Services
from shared.telemetry import signals

_log = logging.getLogger("nightshift.runs")

GRACE = timedelta(minutes=2)
"""A slot counts as missed so long after it was due: a timer may fire late, or change hosts."""
SCHEMA_VERSION = 1
BY = "CatchUpRuns"


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What was done about a run's missed slots."""

    name: str
    opened: tuple[str, ...]
    """Ids of the runs that were opened."""
    missed: tuple[str, ...]
    """Ids of those recorded as missed."""


async def catch_up(services: Services, definitions: RunDefinitions) -> list[CaughtUp]:
    """Settle what every schedule missed; return what was done, for the schedules that had missed something."""
    await EndedFromOutside(definitions).settle(services.documents)
    found = [await _of(services, definition) for definition in definitions.scheduled()]
    return [one for one in found if one.opened or one.missed]


async def _of(services: Services, definition: RunDefinition) -> CaughtUp:
    documents, now = services.documents, clock.now()
    state = await documents.get(SCHEDULER_STATE, definition.name, definition.name)
    if state is None or state.body["schedule"] != definition.slots.schedule.expression:
        await _write_state(services, definition, state, activated=now, settled=now)
        return CaughtUp(definition.name, (), ())
    settled, activated = clock.parse(state.body["settledUntil"]), clock.parse(state.body["activatedAt"])
    if skew.is_ahead(settled, now):  # a wrong clock's: what it has settled is compared with the ledger again
        activated = settled = min(activated, now)
        await _write_state(services, definition, state, activated=activated, settled=settled)
        state = await documents.get(SCHEDULER_STATE, definition.name, definition.name)
    # What the ledger would have forgotten by now isn't recorded any more.
    since = max(settled, now - definition.kept)
    due = list(_due(definition, since, now - GRACE))
    if not due:
        return CaughtUp(definition.name, (), ())
    ran, recorded = await _known_since(services, definition, due[0].at)
    missing = [slot for slot in due if slot.text not in ran and slot.text not in recorded]
    chosen = _chosen(definition, missing, ran)
    opened = id_of(definition.name, chosen.text) if chosen else None
    missed = [slot for slot in missing if slot != chosen]
    covering = (opened or ran.get(max(ran, default=""))) if definition.catch_up == "once" else None
    for slot in missed:  # before the last is run: dying in between must not make another one the last
        await _record_missed(services, definition, slot, covering)
    if chosen is not None:
        await open_run(services, definition, chosen, trigger="catch-up", by=BY)
    await _write_state(services, definition, state, activated=activated, settled=due[-1].at)
    if missing:
        signals.current().misfired(definition.name, "caught up", opened is not None)
        signals.current().misfired(definition.name, "missed", len(missed))
        telemetry.event(_log, logging.WARNING, "missed slots", run=definition.name, opened=opened, missed=len(missed))
    ids = tuple(id_of(definition.name, slot.text) for slot in missed)
    return CaughtUp(definition.name, (opened,) if opened else (), ids)


def _due(definition: RunDefinition, since: datetime, until: datetime) -> Iterator[Slot]:
    """Yield the slots to settle, oldest first; of those that are written alike the first."""
    before = ""
    for slot in definition.slots.between(since, until) if since < until else ():
        if slot.text != before:
            yield slot
        before = slot.text


def _chosen(definition: RunDefinition, missing: Sequence[Slot], ran: Mapping[str, str]) -> Slot | None:
    """Return the missed slot to run now, by the definition's policy. The order of slots' texts is that of time."""
    if not missing or definition.catch_up == "none":
        return None
    last = missing[-1]
    stands_for_all = definition.catch_up == "once" and max(ran, default="") > last.text
    return None if stands_for_all else last


async def _known_since(
    services: Services, definition: RunDefinition, since: datetime
) -> tuple[dict[str, str], set[str]]:
    """Return slot and id of the runs that ran, or are about to, from the slot at `since` on, and the slots that are
    recorded as missed."""
    documents, name = services.documents, definition.name
    where: list[Condition] = [("slotAt", ">=", clock.to_text(since))]
    ran: dict[str, str] = {}
    missed: set[str] = set()
    async for document in documents.query(RUNS, partition=name, where=where, select=["id", "slot", "status"]):
        if document.body["status"] == "missed":
            missed.add(document.body["slot"])
        else:
            ran[document.body["slot"]] = document.body["id"]
    live: list[Condition] = [("status", "in", list(LIVE))]
    jobs = documents.query(JOBS, partition=scopes.of_runs(name), where=live, select=["id", "payload"])
    async for document in jobs:  # one that no worker has seen yet isn't in the ledger
        ran.setdefault(document.body["payload"]["slot"], document.body["id"])
    return ran, missed


async def _record_missed(services: Services, definition: RunDefinition, slot: Slot, covered_by: str | None) -> None:
    entry = Entry(
        id_of(definition.name, slot.text), definition.name, slot.text, slot.at, "missed", "catch-up", BY,
        definition.kept, covered_by=covered_by,
    )  # fmt: skip
    with contextlib.suppress(Conflict):  # it runs after all, or was recorded before
        await Ledger(services.documents).write(entry, None)


async def _write_state(
    services: Services, definition: RunDefinition, state: Document | None, *, activated: datetime, settled: datetime
) -> None:
    body = {
        "id": definition.name,
        "schedule": definition.slots.schedule.expression,
        "activatedAt": clock.to_text(activated),
        "settledUntil": clock.to_text(settled),
        "schemaVersion": SCHEMA_VERSION,
    }
    with contextlib.suppress(Conflict, PreconditionFailed):  # another instance settles the same
        if state is None:
            await services.documents.create(SCHEDULER_STATE, body)
        else:
            await services.documents.replace(SCHEDULER_STATE, body, state.etag)
