"""Chart of a backtest: what was compared over time, its threshold, and when an alert would have fired. Plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_HEIGHT, _LABEL, _NARROWEST = 12, 10, 40
_VALUE, _THRESHOLD, _FIRES, _NO_DATA = "█", "┄", "▓", "·"
_APART = 12
"""Columns from one time below the chart to the next."""
_BY_HOUR = timedelta(days=2)
"""Shorter ranges have times of day below them, longer ones days."""


@dataclass(frozen=True, slots=True)
class Charted:
    """What is drawn: values by instant, in time's order (None: there was nothing to compare), and when it fired."""

    begin: datetime
    end: datetime
    values: Sequence[tuple[datetime, float | None]]
    firing: Sequence[tuple[datetime, datetime]]
    threshold: float | None


def drawn(of: Charted, width: int) -> list[str]:
    """Return the lines of a chart, at most `width` signs wide (40 at least).

    Each column shows the least to the greatest value of its time; one holds until the next evaluation.
    """
    count = max(width, _NARROWEST) - _LABEL - 2
    columns = _columns(of, count)
    seen = [value for its in columns for value in its if value is not None]
    lines = list(_rows(columns, seen, of.threshold)) if seen else []
    step = (of.end - of.begin) / count
    edges = [(of.begin + n * step, of.begin + (n + 1) * step) for n in range(count)]
    fires = [any(first < end and last > begin for first, last in of.firing) for begin, end in edges]
    lines.append(_row("fires", "".join(_FIRES if one else " " for one in fires)))
    lacking = [bool(its) and None in its for its in columns]
    if any(lacking):
        lines.append(_row("no data", "".join(_NO_DATA if one else " " for one in lacking)))
    lines.append(_row("", _times(of, [begin for begin, _ in edges])))
    return lines


def _columns(of: Charted, count: int) -> list[set[float | None]]:
    """Return the values of each column; a column without an evaluation has the last one before it."""
    columns: list[set[float | None]] = [set() for _ in range(count)]
    for at, value in of.values:
        columns[min(count - 1, int((at - of.begin) / (of.end - of.begin) * count))].add(value)
    place = 0
    last: dict[int, float | None] = {}
    for at, value in of.values:
        place = min(count - 1, int((at - of.begin) / (of.end - of.begin) * count))
        last[place] = value
    held: set[float | None] = set()
    for place, its in enumerate(columns):
        if its:
            held = {last[place]}
        else:
            its |= held
    return columns


def _rows(columns: Sequence[set[float | None]], seen: Sequence[float], threshold: float | None) -> Iterator[str]:
    marks = [*seen, *([threshold] if threshold is not None else [])]
    least, most = min(marks), max(marks)

    def height(value: float) -> int:
        return round((value - least) / (most - least) * (_HEIGHT - 1)) if most > least else 0

    labels = {height(least): f"{least:.4g}", height(most): f"{most:.4g}"}
    line = height(threshold) if threshold is not None else None
    if line is not None:
        labels[line] = f"{threshold:.4g} ─"
    for row in range(max(labels), -1, -1):
        empty = _THRESHOLD if row == line else " "
        signs = []
        for its in columns:
            heights = [height(value) for value in its if value is not None]
            signs.append(_VALUE if heights and min(heights) <= row <= max(heights) else empty)
        yield _row(labels.get(row, ""), "".join(signs), axis="┤" if row in labels else "│")


def _times(of: Charted, begins: Sequence[datetime]) -> str:
    form = "%H:%M" if of.end - of.begin <= _BY_HOUR else "%d %b"
    return "".join(f"{begin:{form}}".ljust(_APART) for begin in begins[: len(begins) - _APART // 2 : _APART])


def _row(label: str, signs: str, axis: str = " ") -> str:
    return f"{label:>{_LABEL}} {axis}{signs}".rstrip()
