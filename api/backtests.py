"""Backtests over HTTP: what is asked of one, within which bounds, and how it is answered.

One is made within its request, so it has fewer evaluations than one of the command line.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.params import instant
from operations.backtest import Backtest, Range, Swept, as_json, range_of, sweep_of, swept_as_json
from operations.backtest import Sweep as Values
from shared import clock
from shared.errors import UsageError

MOST_EVALUATIONS = 10_000
"""Of one request, those of all values of a sweep together: 13 months by the hour, 34 days each 5 minutes."""
MOST_DAYS = 400
_Instant = Annotated[datetime, BeforeValidator(instant)]
_Number = Annotated[float, Field(ge=-1e15, le=1e15)]
_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": ["number", "null"]}
ANSWER: dict[str, Any] = {
    "type": "object",
    "description": "What the range comes to; of a sweep `values` has it for each value.",
    "properties": {
        "name": _TEXT,
        "watched": {**_TEXT, "description": "What is watched, in words."},
        "numbers": {"type": "object", "additionalProperties": True},
        "unit": _TEXT,
        "from": {**_TEXT, "format": "date-time"},
        "to": {**_TEXT, "format": "date-time"},
        "evaluations": {"type": "integer"},
        "alarms": {"type": "integer"},
        "alarmsAMonth": _NUMBER,
        "firingDays": _NUMBER,
        "firingShare": _NUMBER,
        "longestSeconds": {"type": "integer"},
        "episodes": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
        "transitions": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
        "points": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
        "member": _TEXT,
        "values": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
    },
    "required": ["name", "watched", "numbers", "unit", "from", "to"],
    "additionalProperties": True,
}
EXAMPLE: dict[str, Any] = {
    "name": "Few calls are picked up",
    "watched": "pickup_call_rate of merchant:m1",
    "numbers": {"operator": "<", "windowSeconds": 86_400},
    "unit": "%",
    "from": "2026-10-24T00:00:00.000Z",
    "to": "2026-11-23T00:00:00.000Z",
    "member": "threshold",
    "values": [{"value": 30, "evaluations": 30, "alarms": 0}, {"value": 40, "evaluations": 30, "alarms": 2}],
}
ASKED: dict[str, Any] = {
    "from": "2026-10-24T00:00:00.000Z",
    "to": "2026-11-23T00:00:00.000Z",
    "set": {},
    "sweep": {"member": "threshold", "from": 30, "to": 40, "step": 10},
}


class Sweep(BaseModel):
    """A member that is tried with each value from one to another, both included."""

    model_config = ConfigDict(extra="forbid")

    member: Annotated[str, Field(min_length=1, max_length=100)]
    begin: Annotated[_Number, Field(alias="from")]
    end: Annotated[_Number, Field(alias="to")]
    step: Annotated[float, Field(gt=0, le=1e15)] | None = None


class Tried(BaseModel):
    """A range (`to` null: until now), members that are set, and one that is tried with several values."""

    model_config = ConfigDict(extra="forbid")

    begin: Annotated[_Instant, Field(alias="from")]
    end: Annotated[_Instant | None, Field(alias="to")] = None
    set: dict[str, Any] = {}
    sweep: Sweep | None = None

    def values(self) -> Values | None:
        """Return what a sweep tries. Raises UsageError."""
        one = self.sweep
        return None if one is None else sweep_of(one.member, one.begin, one.end, one.step)

    def range(self) -> Range:
        """Return the range, with as many evaluations as a request may make. Raises UsageError."""
        values = self.values()
        end = self.end or clock.now()
        over = range_of(self.begin, end, most=MOST_EVALUATIONS // len(values.values if values else (0,)))
        if (over.end - over.begin).days > MOST_DAYS:
            text = f"The range has more than {MOST_DAYS} days. Take a shorter one, or `nightshift`."
            raise UsageError(text, code="backtest_range_invalid")
        return over


def answer_of(found: Backtest | Swept) -> dict[str, Any]:
    """Return a backtest, or a sweep, as it is answered."""
    return swept_as_json(found) if isinstance(found, Swept) else as_json(found)


def untold(done: int, of: int | None) -> None:
    """Take note of how far a sweep is: nobody waits for that."""
