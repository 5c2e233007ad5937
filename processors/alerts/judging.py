"""Judging: what is asked for a condition, and do the readings breach it? Pure but for the reading itself."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from processors.alerts.condition import Condition
from shared import clock
from shared.alerts.machine import Verdict
from shared.errors import UsageError
from shared.measures import AnyMeasure, Ask, Measured, Measures, NoData, Period, Reading, ratio

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}
_PROJECT = "project:"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the readings of a condition come to. `value` is what was compared; None when there was nothing."""

    verdict: Verdict
    reason: str
    value: float | None
    unit: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison comes to, in short. `value` as in Judged."""

    verdict: Verdict
    reason: str
    value: float | None
    unit: str


def asks_of(condition: Condition, measures: Measures, end: datetime) -> list[Ask]:
    """Return what is to be read: the window that ends at `end`, and the one before it for a change.

    Raises UsageError for a measure that there isn't.
    """
    found = [measures.named(name) for name in condition.measures]
    measure: AnyMeasure = found[0] if len(found) == 1 else ratio(condition.subject, found[0], found[1])
    scope, options = _place(condition)
    window = Period(end - condition.window, end)
    windows = [window, window.before] if condition.type == "change_percent" else [window]
    return [Ask(measure, scope, one, options) for one in windows]


def judged(condition: Condition, readings: list[Reading], end: datetime) -> Judged:
    """Return the verdict on the readings of what `asks_of` returned."""
    found = compared(condition, readings)
    facts = {
        "condition": condition.model_dump(by_alias=True, exclude_none=True, mode="json"),
        "window": {"from": clock.to_text(end - condition.window), "to": clock.to_text(end)},
        "verdict": found.verdict,
        "reason": found.reason,
        "value": found.value,
        "unit": found.unit,
        "readings": [_fact(reading) for reading in readings],
    }
    return Judged(found.verdict, found.reason, found.value, found.unit, facts)


def compared(condition: Condition, readings: list[Reading]) -> Compared:
    """Return the verdict on such readings without the facts behind it."""
    if condition.type == "no_data":
        return Compared(*_on_absence(readings[0]))
    return Compared(*_on_value(condition, readings))


def number(value: float, unit: str) -> str:
    """Return a value as people read it."""
    return f"{value:.6g} {unit}".rstrip()


def _place(condition: Condition) -> tuple[str, dict[str, Any]]:
    """Return the scope and options that measures know: a project is an option of its organisation."""
    if not condition.scope.startswith(_PROJECT):
        return condition.scope, condition.options
    org, slash, project = condition.scope.removeprefix(_PROJECT).partition("/")
    if not (org and slash and project):
        raise UsageError(f"{condition.scope!r} is no scope. Write project:ORG/PROJECT.", code="scope_invalid")
    return f"org:{org}", {**condition.options, "project": project}


def _on_absence(reading: Reading) -> tuple[Verdict, str, float | None, str]:
    if isinstance(reading, NoData):
        return "breach", f"no data: {reading.reason}", None, ""
    if reading.sample == 0:
        return "breach", "no data in the window", None, reading.unit
    return "clear", f"there is data: a sample of {reading.sample}", reading.value, reading.unit


def _on_value(condition: Condition, readings: list[Reading]) -> tuple[Verdict, str, float | None, str]:
    found: list[Measured] = []
    for reading in readings:
        if isinstance(reading, NoData):
            return "no_data", reading.reason, None, ""
        if reading.sample < condition.minimum_sample:
            few = f"too small a sample: {reading.sample}, and {condition.minimum_sample} are needed"
            return "no_data", few, None, reading.unit
        found.append(reading)
    if condition.type == "threshold":
        return _compared(condition, found[0].value, found[0].unit)
    if found[1].value == 0:
        return "no_data", "the window before came to 0: nothing to compare with", None, "%"
    return _compared(condition, 100 * (found[0].value - found[1].value) / abs(found[1].value), "%")


def _compared(condition: Condition, value: float, unit: str) -> tuple[Verdict, str, float | None, str]:
    assert condition.operator is not None  # the model asks for both
    assert condition.threshold is not None
    what = f"{number(value, unit)}, threshold {condition.operator} {number(condition.threshold, unit)}"
    if _COMPARE[condition.operator](value, condition.threshold):
        return "breach", what, value, unit
    return ("clear" if _clears(condition, value, unit) else "pass"), what, value, unit


def _clears(condition: Condition, value: float, unit: str) -> bool:
    threshold, margin = condition.threshold or 0.0, condition.margin
    if condition.operator == "==":
        return abs(value - threshold) >= margin
    if condition.operator in ("<", "<="):
        clear = threshold + margin
        if unit == "%" and condition.type == "threshold":
            clear = max(threshold, min(clear, 100.0))  # a rate can't rise beyond
        return value >= clear
    clear = threshold - margin
    if unit == "%" and condition.type == "threshold":
        clear = min(threshold, max(clear, 0.0))
    return value <= clear


def _fact(reading: Reading) -> dict[str, Any]:
    if isinstance(reading, NoData):
        return {"noData": reading.reason, **reading.facts}
    return {"value": reading.value, "unit": reading.unit, "sample": reading.sample, **reading.facts}
