"""Backtest of a rule: its slots in a range, and what the readings of their windows come to. Pure.

Slots are those of its frequency, jitter included. Chains and grace play no part: each slot is judged on time, and all
data had arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice

from processors.alerts import judging
from processors.alerts.condition import Condition
from processors.alerts.judging import compared
from processors.alerts.rule import Definition, occasions_of
from shared.alerts.replay import Evaluation
from shared.measures import Ask, Gone, Measures, NoData, Past, Reading

_TICK = timedelta(milliseconds=1)
"""Instants are kept to that: a slot at the range's first instant is in it."""


def slots(id: str, definition: Definition, begin: datetime, end: datetime, most: int) -> list[datetime]:
    """Return the slots from `begin` to `end`, both included: the first `most` of them."""
    return list(islice(occasions_of(id, definition).between(begin - _TICK, end), most))


def asks_of(condition: Condition, measures: Measures, slots: Iterable[datetime]) -> list[Ask]:
    """Return what is to be read: the windows of each slot, one after the other. Raises as `judging.asks_of`."""
    return [ask for slot in slots for ask in judging.asks_of(condition, measures, slot)]


def by_slot(slots: Sequence[datetime], readings: Sequence[Past]) -> list[list[Past]]:
    """Return the readings of each slot."""
    each = len(readings) // len(slots) if slots else 0
    return [list(readings[place * each : (place + 1) * each]) for place in range(len(slots))]


def why_unknown(readings: Iterable[Past]) -> str | None:
    """Return why a slot can't be judged any more; None when it can."""
    return next((one.reason for one in readings if isinstance(one, Gone)), None)


def evaluated(condition: Condition, slot: datetime, readings: Sequence[Past]) -> Evaluation:
    """Return the evaluation of a slot, none of whose readings is gone."""
    known: list[Reading] = [one for one in readings if not isinstance(one, Gone)]
    found = compared(condition, known)
    sample = 0 if isinstance(known[0], NoData) else known[0].sample
    return Evaluation(slot, found.verdict, found.value, sample)
