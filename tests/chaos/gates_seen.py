"""What does the witness know of gates?

Which are shut (closed and not due) since when, and who probes them: nobody is claimed through a shut gate, one prober
at a time, and none opens a gate that was closed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared import clock
from shared.jobs.kinds import Kind
from tests.chaos.processes import Actor

if TYPE_CHECKING:
    from tests.chaos.witness import Witness


@dataclass(slots=True)
class _Shut:
    due: datetime | None
    since: float
    writer: Actor


class GatesSeen:
    """The gates as they truly are. Instants are true ones, `since` in the loop's seconds."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness
        self._shut: dict[str, _Shut] = {}
        self._probers: dict[str, Actor] = {}
        self._closed_at: dict[str, str] = {}

    def written(self, body: dict[str, Any], actor: Actor) -> None:
        """A gate is closed, probed or made due."""
        name, due = body["id"], clock.parse(body["due"]) if body["due"] else None
        before, now = self._shut.get(name), self._witness.seconds()
        still = before is not None and (before.due is None or before.due > clock.now())
        self._shut[name] = _Shut(due, before.since if before is not None and still else now, actor)
        is_probe = actor.role == "worker" and before is not None and body["closedAt"] == self._closed_at.get(name)
        self._closed_at[name] = body["closedAt"]
        if not is_probe or (due is not None and due <= clock.now()):
            self._probers.pop(name, None)
            return
        other = self._probers.get(name)
        is_probing = other is not None and other in other.process.actors and other.process.alive
        if other is not None and is_probing and now < other.probes[name] and not (actor.is_misled or other.is_misled):
            self._witness.alarm("gate", f"{actor} probes {name} beside {other}")
        self._probers[name] = actor
        actor.probes[name] = actor.began + self._witness.kind.policy.deadline.total_seconds()

    def opened(self, name: str, actor: Actor) -> None:
        """A gate's document is deleted."""
        shut = self._shut.pop(name)
        self._probers.pop(name, None)
        if actor.role == "worker" and shut.writer is not actor:
            self._witness.alarm("gate", f"{actor} opens {name}, which {shut.writer} closed since")

    def claimed(self, kind: Kind, actor: Actor, *, since: float) -> None:
        """A job is claimed by a delivery that saw every gate that was shut by `since`."""
        for name in kind.gates:
            shut = self._shut.get(name)
            if shut is None or shut.writer is actor or shut.since > since:
                continue
            if shut.due is None or (shut.due - clock.now()).total_seconds() > 1:
                self._witness.alarm("gate", f"a job is claimed through {name}, shut since {shut.since:.1f} s")
