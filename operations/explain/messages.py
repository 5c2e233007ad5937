"""Messages that are explained: why is there no job yet? Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from operations.explain.answer import Answer
from operations.explain.gates import code_of, phrase
from shared import instants
from shared.jobs.gates import Gate
from shared.jobs.held_messages import HeldMessage


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What was read of a message that asks for a job which nobody has begun: a gate holds it back."""

    held: HeldMessage
    gate: Gate | None
    now: datetime


def answer_of(facts: MessageFacts) -> Answer:
    """Return why a message waits for which there is no job yet."""
    held, now, job = facts.held, facts.now, facts.held.job
    why = f"has no job yet: gate {held.gate}, which is open by now, held its message back"
    if facts.gate is not None:
        why = f"has no job yet: its message waits for gate {phrase(facts.gate, now)}"
    put = f"its message is in queue {held.delivery.queue} since {instants.short(held.delivery.put_at, now)}"
    return Answer(
        "message",
        job.id if job else held.delivery.id,
        job.scope if job else None,
        "held back",
        "gate_opened" if facts.gate is None else code_of(facts.gate),
        (why, put, f"looks again at {instants.short(held.until, now)}"),
        held.until,
        gate=held.gate,
        fields={"gate": held.gate},
    )
