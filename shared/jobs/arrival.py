"""Arrival: what came with one delivery, once it is read?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared import clock
from shared.jobs import messages
from shared.jobs.kinds import Kind
from shared.jobs.messages import Message
from shared.jobs.outcome import Outcome, What
from shared.jobs.record import JobKey
from shared.jobs.record_store import Held
from shared.queues.port import Delivery


@dataclass(slots=True)
class Arrival:
    """A delivery with what was read from it; `payload` is settled, `deadline` is the handling's."""

    kind: Kind
    delivery: Delivery
    message: Message
    payload: Any
    key: JobKey
    deadline: datetime
    met: Held | None = None
    """The record as it was read while something else was tried."""
    _kept: dict[str, Any] | None = None

    @property
    def kept(self) -> dict[str, Any]:
        """The payload as a record keeps it. Raises BadMessage when it couldn't be sent again."""
        if self._kept is None:
            self._kept = messages.stored(self.kind, self.payload)
        return self._kept

    def gates(self, held: Held | None) -> tuple[str, ...]:
        """Return the gates that hold the job: those of the payload that a claim would run. `held` is its record."""
        if held is None or held.record.ended or (self.message.generation or 0) > held.record.generation:
            return self.kind.gates_of(vars(self.payload))
        return self.kind.gates_of(held.record.payload or {})

    @property
    def seen(self) -> dict[str, Any]:
        """The delivery as a record remembers it."""
        delivery = self.delivery
        seen = {"id": delivery.id, "putAt": clock.to_text(delivery.put_at), "dequeueCount": delivery.dequeue_count}
        return seen | ({"clamped": clamped} if (clamped := self._clamped()) else {})

    def _clamped(self) -> dict[str, str]:
        """Return the instant that the sender gave, by its member, when it was still to come and counts as another."""
        member = self.kind.latest.member if self.kind.latest else ""
        given = getattr(self.message.payload, member, None) if member else None
        if given is None or clock.parse(given) <= clock.parse(self.kept[member]):
            return {}
        return {member: given}

    def outcome(self, what: What, held: Held | None, **more: Any) -> Outcome:
        """Return what came of the delivery; `held` is the job's record, if any."""
        generation = held.record.generation if held else self.message.generation
        return Outcome(what, self.kind.name, self.key.id, generation, asked=self.key, **more)
