"""Poison queues: does what the host gave up on stay there?"""

from __future__ import annotations

from datetime import datetime, timedelta

from processors.health.check import Check, Topic, Unknown
from processors.health.depth import held
from shared.lengths import length

TOPIC = Topic("poison_stays", "error", "a-poison-queue-isnt-emptied")
PATIENCE = timedelta(minutes=10)
"""The …Dlq function takes a message within seconds, unless its job is claimed just now."""


def check(queue: str, depth: int | Unknown, since: datetime | None, now: datetime) -> Check:
    """Return whether a poison queue has held messages for longer than ten minutes; `since` when it has held some."""
    scope = f"queue:{queue}:poison"
    if isinstance(depth, Unknown):
        return TOPIC.unknown(scope, depth.why)
    if not depth or since is None:
        return TOPIC.ok(scope, held(depth))
    if now - since <= PATIENCE:
        return TOPIC.ok(scope, f"{held(depth)} for {length(now - since)}")
    return TOPIC.finding(
        scope, f"Poison queue {queue}-poison has held messages for {length(now - since)}, now {depth}."
    )
