"""Usage events as the world tells them: out of order, twice, corrected, moved, taken back, and some weeks late."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TypeVar

from shared import clock
from tests.rollup_oracle import Message

ORGANISATIONS = tuple(f"org-{n:02}" for n in range(50))
_SIZES = [1 / (1 + n) for n in range(len(ORGANISATIONS))]
"""How many events they have: the first has many, the last few."""
_KINDS = {"llm": 40, "document": 35, "execution": 15, "hitl": 10}
_FATES = {"stands": 85, "corrected": 5, "moved": 5, "voided": 5}
_TWICE = 0.1
_AGES = {(0.0, 0.1): 75, (0.1, 20.0): 15, (35.0, 63.0): 10}
"""Days before now. Leaves and hours are kept for 30 days: no event is near that."""
_MOVED_DAYS = 3.0
LEAVES_KEPT = timedelta(days=29)
"""Older events have no leaf and no hour, younger ones have."""


_T = TypeVar("_T")


def tell(dice: random.Random, count: int, now: datetime) -> list[Message]:
    """Return the messages of `count` events, all of which have happened by `now`."""
    told: list[Message] = []
    for number in range(count):
        told += _versions(dice, number, now)
    told += dice.sample(told, int(_TWICE * len(told)))
    dice.shuffle(told)
    return told


def _versions(dice: random.Random, number: int, now: datetime) -> list[Message]:
    """Return what is told of one event: its first version, and the one that stands."""
    at = now - timedelta(days=dice.uniform(*_one_of(dice, _AGES)))
    event: Message = {
        "event_id": f"run-{number // 10}/{number}",  # an id that no document can have as it is
        "orgId": dice.choices(ORGANISATIONS, _SIZES)[0],
        "kind": _one_of(dice, _KINDS),
        "occurredAt": clock.to_text(at),
    }
    event |= _content(dice, event["kind"])
    fate = _one_of(dice, _FATES)
    if fate == "stands":
        return [event if dice.random() < 0.5 else _updated(event, now, 0)]
    first, second = _updated(event, now, 1), _updated(event, now, 2)
    if fate == "corrected":
        kept = {name: event[name] for name in ("event_id", "orgId", "kind", "occurredAt")}
        second = _updated(kept | _content(dice, event["kind"]), now, 2)
    elif fate == "moved":
        moved = min(now, at + timedelta(days=dice.uniform(-_MOVED_DAYS, _MOVED_DAYS)))
        second["occurredAt"] = clock.to_text(moved)
    else:
        second["void"] = True
    return [first, second]


def _updated(event: Message, now: datetime, version: int) -> Message:
    return {**event, "updatedAt": clock.to_text(now + timedelta(milliseconds=version))}


def _content(dice: random.Random, kind: str) -> Message:
    said: Message = {}
    if kind == "llm":
        said = {"reason": dice.choice(("challenge", "summarize", "extraction", None))}
        if dice.random() < 0.9:
            said["values"] = {"cost": dice.randint(1, 200_000) / 1_000_000}
    elif kind == "document":
        values = {"pages": dice.randint(1, 300)} if dice.random() < 0.9 else {}
        said = {"type": dice.choice((None, "processed")), "values": values}
        if dice.random() < 0.1:
            said = {"type": "failed", "values": {"failed_pages": dice.randint(1, 20)}}
    elif kind == "execution":
        said = {"type": dice.choice(("api", "api", "etl", "prompt"))}
    else:
        said = {"type": dice.choice(("review", "completion"))}
    said["project"] = dice.choice((None, "invoices", "contracts", "claims"))
    said["tag"] = dice.choice((None, None, "eu", "us"))
    return {name: value for name, value in said.items() if value is not None}


def _one_of(dice: random.Random, weights: dict[_T, int]) -> _T:
    return dice.choices(list(weights), list(weights.values()))[0]
