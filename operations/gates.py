"""Gates: what is held back now, closing one by hand, and opening one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from operations.actor import Actor
from operations.answers import Page, page
from shared import audit, clock
from shared.config import Settings
from shared.documents.port import Documents
from shared.errors import NotFound, UsageError
from shared.jobs.gates import Gate, Gates
from shared.suggestion import did_you_mean


@dataclass(frozen=True, slots=True)
class ClosedGate:
    """A closed gate. `due` None: closed until somebody opens it."""

    name: str
    closed_at: datetime
    due: datetime | None
    reason: str
    by: str


async def closed(documents: Documents, by: Actor) -> Page[ClosedGate]:
    """Return the closed gates, by name."""
    by.require("reader")
    return page(map(_view, await Gates(documents).all()))


async def close(
    documents: Documents, settings: Settings, by: Actor, name: str, *, reason: str, until: datetime | None
) -> ClosedGate:
    """Hold back a queue's jobs or a dependency's, until an instant or (None) until somebody opens the gate.

    Raises UsageError for a gate that no kind of job has.
    """
    by.require("operator")
    from processors.catalogue import registry

    known = sorted({gate for kind in registry(settings) for gate in kind.gates})
    if name not in known:
        meant = did_you_mean(name, known)
        raise UsageError(
            f"No kind of job has a gate {name!r}.{meant} Gates are: {', '.join(known)}", code="gate_unknown"
        )
    gate = await Gates(documents).close(name, reason=reason, by=by.name, until=until)
    due = clock.to_text(until) if until else None
    await audit.write(documents, "close gate", by=by.name, gate=name, why=reason, until=due)
    return _view(gate)


async def open_(documents: Documents, by: Actor, name: str) -> None:
    """Open a gate, whoever closed it. Raises NotFound when it isn't closed."""
    by.require("operator")
    if not await Gates(documents).open(name):
        raise NotFound(f"Gate {name!r} isn't closed.", code="gate_not_closed")
    await audit.write(documents, "open gate", by=by.name, gate=name)


def _view(gate: Gate) -> ClosedGate:
    return ClosedGate(gate.name, gate.closed_at, gate.due, gate.reason, gate.by)
