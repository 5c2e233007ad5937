"""Depths: does a queue grow while nothing of it completes?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from processors.health.check import Check, Topic, Unknown

TOPIC = Topic("queue_growing", "error", "a-queue-grows")
LOOKS = 3


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages a queue held when it was looked at."""

    at: datetime
    messages: int


def grows(looks: Sequence[Depth]) -> bool:
    """Return whether there were more messages at each of the last three looks."""
    last = looks[-LOOKS:]
    return len(last) == LOOKS and all(a.messages < b.messages for a, b in pairwise(last))


def held(messages: int) -> str:
    """Return in words how many messages there are."""
    return f"{messages} message{'s' * (messages != 1)}"


def check(queue: str, depth: int | Unknown, looks: Sequence[Depth], *, completes: bool) -> Check:
    """Return whether a queue grows though nothing of it completed since the first of the three looks.

    `completes` is False too for jobs that leave no record: then it only grows.
    """
    scope = f"queue:{queue}:depth"
    if isinstance(depth, Unknown):
        return TOPIC.unknown(scope, depth.why)
    if not grows(looks):
        return TOPIC.ok(scope, held(depth))
    grown = " → ".join(str(look.messages) for look in looks[-LOOKS:])
    if completes:
        return TOPIC.ok(scope, f"it grows ({grown} messages), and jobs complete")
    return TOPIC.finding(scope, f"Queue {queue} grows ({grown} messages), and nothing of it is seen to complete.")
