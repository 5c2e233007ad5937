"""Gates: what is held back now, closing one by hand, and opening one with all that it held back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from operations.actor import Actor
from operations.answers import Page, page
from shared import audit, clock
from shared.config import Settings
from shared.documents.containers import JOBS
from shared.documents.port import Condition, Documents
from shared.errors import NotFound, UsageError
from shared.jobs import held_messages
from shared.jobs.gates import Gate, Gates
from shared.jobs.held_messages import HeldMessage
from shared.jobs.kinds import Registry
from shared.jobs.opening import LetGo, Opening
from shared.jobs.record import JobKey
from shared.jobs.record_store import Records
from shared.services import Services
from shared.suggestion import did_you_mean


@dataclass(frozen=True, slots=True)
class ClosedGate:
    """A closed gate. `due` None: closed until somebody opens it.

    `jobs` counts the jobs of its kinds that wait, `messages` those that it holds back and that no job tells of yet.
    """

    name: str
    closed_at: datetime
    due: datetime | None
    reason: str
    by: str
    jobs: int
    messages: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A gate that was opened: what it may have held back, and the gates that hold some of that still."""

    name: str
    held: tuple[JobKey | HeldMessage, ...]
    still_closed: tuple[str, ...]


async def closed(documents: Documents, settings: Settings, by: Actor) -> Page[ClosedGate]:
    """Return the closed gates, by name, each with how much it holds back."""
    by.require("reader")
    return page([await _view(documents, settings, gate) for gate in await Gates(documents).all()])


async def close(
    documents: Documents, settings: Settings, by: Actor, name: str, *, reason: str, until: datetime | None
) -> ClosedGate:
    """Hold back a queue's jobs or a dependency's, until an instant or (None) until somebody opens the gate.

    Raises UsageError for a gate that no kind of job has.
    """
    by.require("operator")
    known = sorted({gate for kind in _kinds(settings) for gate in kind.gates})
    if name not in known:
        meant = did_you_mean(name, known)
        raise UsageError(
            f"No kind of job has a gate {name!r}.{meant} Gates are: {', '.join(known)}", code="gate_unknown"
        )
    before = await _standing(documents, name)
    gate = await Gates(documents).close(name, reason=reason, by=by.name, until=until)
    due = clock.to_text(until) if until else None
    change = audit.difference(_told(before), _told(gate))
    await audit.write(documents, "close gate", by=by.name, gate=name, why=reason, until=due, **change)
    return await _view(documents, settings, gate)


async def open_(services: Services, by: Actor, name: str) -> Opened:
    """Open a gate, whoever closed it; return what it may have held back, for `let_go`.

    Of a gate that is open already, what a broken-off opening left to its time. Raises NotFound when the gate is open
    and nothing is left.
    """
    by.require("operator")
    documents = services.documents
    before = await _standing(documents, name)
    was_closed = await Gates(documents).open(name)
    if was_closed:
        await audit.write(documents, "open gate", by=by.name, gate=name, **audit.difference(_told(before), {}))
    held = await _opening(services, by, name).held(marked=not was_closed)
    if not was_closed and not held:
        raise NotFound(f"Gate {name!r} isn't closed.", code="gate_not_closed")
    return Opened(name, tuple(held), await _still_closed(services, name))


async def let_go(services: Services, by: Actor, opened: Opened) -> AsyncIterator[LetGo]:
    """Wake what an opened gate held back, several at once; yield what came of each.

    Closing the iterator stops it; opening the gate again goes on.
    """
    by.require("operator")
    async for done in _opening(services, by, opened.name).let_go(opened.held):
        yield done


async def _standing(documents: Documents, name: str) -> Gate | None:
    return next((gate for gate in await Gates(documents).all() if gate.name == name), None)


def _told(gate: Gate | None) -> dict[str, str]:
    """Return what an audit line tells of a gate: nothing of one that is open."""
    if gate is None:
        return {}
    until = clock.to_text(gate.due) if gate.due else "opened by hand"
    return {"closedUntil": until, "reason": gate.reason, "closedBy": gate.by}


def _kinds(settings: Settings) -> Registry:
    from processors.catalogue import registry

    return registry(settings)


def _opening(services: Services, by: Actor, name: str) -> Opening:
    records = Records(services.documents)
    return Opening(records, services.queues, _kinds(services.settings), name, by=by.name)


async def _still_closed(services: Services, name: str) -> tuple[str, ...]:
    """Return the other closed gates of the kinds that the gate `name` held back."""
    beside = {gate for kind in _kinds(services.settings) if name in kind.gates for gate in kind.gates}
    now = clock.now()
    return tuple(
        gate.name for gate in await Gates(services.documents).all() if gate.name in beside and not gate.due_at(now)
    )


async def _view(documents: Documents, settings: Settings, gate: Gate) -> ClosedGate:
    waiting: Condition = ("status", "in", ["queued", "waiting"])
    jobs = 0
    for kind in _kinds(settings):
        free = kind.free_of({gate.name})
        if free is None or free:
            jobs += await documents.count(JOBS, where=[("kind", "=", kind.name), waiting])
        if free:  # of this kind it holds only some
            jobs -= await documents.count(JOBS, where=[("kind", "=", kind.name), waiting, *free])
    messages = await held_messages.count(documents, gate=gate.name)
    return ClosedGate(gate.name, gate.closed_at, gate.due, gate.reason, gate.by, jobs, messages)
