"""What do the tests of metrics' rules build? Events as they are stored, and tallies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from processors.metrics import folding, registry
from processors.metrics.folding import Key, Tallies, Tally

_CENTURY = timedelta(days=36_525)
instants = st.integers(0, int(_CENTURY.total_seconds() * 1000)).map(
    lambda after: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(milliseconds=after)
)


def event(kind: str, **members: Any) -> dict[str, Any]:
    """Return an event as its document has it."""
    return {"kind": kind, **members}


def taken(kind: str, **members: Any) -> dict[str, int]:
    """Return what each metric takes from an event, by the metric's name."""
    return {metric.name: value for metric, value in registry.taken(event(kind, **members))}


def tallied(*events: dict[str, Any]) -> Tallies:
    """Return what events add up to."""
    tallies: Tallies = {}
    for one in events:
        folding.add_event(tallies, one)
    return tallies


def row(tallies: Tallies) -> dict[str, Any]:
    """Return tallies as a row keeps them, bounded."""
    return {"keys": folding.written(folding.named(tallies)[0])}


def added(rows: Iterable[dict[str, Any]]) -> Tallies:
    """Return what rows add up to."""
    tallies: Tallies = {}
    for one in rows:
        folding.add_row(tallies, one)
    return tallies


def key(metric: str, project: str = "", tag: str = "") -> Key:
    """Return a key."""
    return Key(project, tag, metric)


def one(value: int) -> Tally:
    """Return the tally of one value."""
    return Tally(value, 1, value, value)
