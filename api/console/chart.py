"""Chart: a value over time with its interval, a threshold, when an alert fires, and what was told. Geometry only.

Colours and strokes are the style sheet's: the policy takes no inline style, and the drawing no script.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from markupsafe import Markup

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 8, 22
COLUMNS = 360
"""Places of points along the chart; of many points in one the least and the greatest are drawn."""
_TICKS, _TIMES = 4, 6
_BY_HOUR, _BY_DAY = timedelta(days=1), timedelta(days=7)
"""Shorter ranges have times below them, longer ones days, those between both."""
_LONE_BAR = 8.0
_NONE = timedelta()


@dataclass(frozen=True, slots=True)
class Point:
    """A value at an instant (None: there was nothing to measure), and the interval in which it lies, if known."""

    at: datetime
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn, from `begin` to `end`. `label` is read out in the drawing's place."""

    label: str
    begin: datetime
    end: datetime
    points: Sequence[Point]
    unit: str = ""
    threshold: float | None = None
    firing: Sequence[tuple[datetime, datetime]] = ()
    told: Sequence[tuple[datetime, str]] = ()
    bars: bool = False
    lowest: float | None = None
    highest: float | None = None
    """Ends of the scale; what the values need where they are None."""


def drawn(of: Chart) -> Markup:
    """Return the drawing of a chart."""
    parts = [*_scale(of), *_firing(of), *_band(of), *_values(of), *_threshold(of), *_told(of)]
    return Markup(
        '<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}" preserveAspectRatio="xMidYMid meet">{}</svg>'
    ).format(of.label, WIDTH, HEIGHT, Markup("").join(parts))


def thinned(points: Sequence[Point]) -> list[Point]:
    """Return at most two points of each place along the chart, the least and the greatest, in time's order."""
    if len(points) <= 2 * COLUMNS:
        return list(points)
    found: list[Point] = []
    for n in range(COLUMNS):
        its = points[len(points) * n // COLUMNS : len(points) * (n + 1) // COLUMNS]
        known = [one for one in its if one.value is not None]
        ends = {id(one): one for one in (min(known, key=_value), max(known, key=_value))} if known else {0: its[0]}
        found += sorted(ends.values(), key=lambda one: one.at)
    return found


def _value(point: Point) -> float:
    return point.value or 0.0


def _bounds(of: Chart) -> tuple[float, float]:
    seen = [one for point in of.points for one in (point.value, point.low, point.high) if one is not None]
    seen += [of.threshold] if of.threshold is not None else []
    least = of.lowest if of.lowest is not None else min([*seen, 0.0] if of.bars else seen, default=0.0)
    most = of.highest if of.highest is not None else max(seen, default=1.0)
    return (least, most) if most > least else (least, least + 1)


def _x(of: Chart, at: datetime) -> float:
    whole = of.end - of.begin
    share = (at - of.begin) / whole if whole > _NONE else 0.0
    return LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, max(0.0, share))


def _y(of: Chart, value: float) -> float:
    least, most = _bounds(of)
    share = min(1.0, max(0.0, (value - least) / (most - least)))
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share


def _scale(of: Chart) -> Iterator[Markup]:
    least, most = _bounds(of)
    for n in range(_TICKS + 1):
        value = least + (most - least) * n / _TICKS
        y = _y(of, value)
        yield Markup('<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(LEFT, WIDTH - RIGHT, y, y)
        told = f"{value:.3g}" if abs(value) < 1_000 else f"{value:.3g}".replace("e+0", "e")
        yield Markup('<text x="{}" y="{:.1f}" text-anchor="end">{}{}</text>').format(LEFT - 6, y + 4, told, of.unit)
    span = of.end - of.begin
    form = "%H:%M" if span <= _BY_HOUR else "%d %b" if span > _BY_DAY else "%d %b %H:%M"
    for n in range(_TIMES):
        at = of.begin + (of.end - of.begin) * n / _TIMES
        yield Markup('<text x="{:.1f}" y="{}">{}</text>').format(_x(of, at), HEIGHT - 6, f"{at:{form}}")


def _firing(of: Chart) -> Iterator[Markup]:
    for first, last in of.firing:
        x = _x(of, first)
        yield Markup('<rect class="fires" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>').format(
            x, TOP, max(1.5, _x(of, last) - x), HEIGHT - TOP - BOTTOM
        )


def _band(of: Chart) -> Iterator[Markup]:
    for run in _runs(point for point in of.points):
        ends = [(one.at, one.low, one.high) for one in run if one.low is not None and one.high is not None]
        if len(ends) > 1:
            upper = [f"{_x(of, at):.1f},{_y(of, high):.1f}" for at, _, high in ends]
            lower = [f"{_x(of, at):.1f},{_y(of, low):.1f}" for at, low, _ in reversed(ends)]
            yield Markup('<polygon class="band" points="{}"/>').format(" ".join(upper + lower))


def _values(of: Chart) -> Iterator[Markup]:
    if of.bars:
        wide = _bar(of)
        floor = _y(of, max(0.0, _bounds(of)[0]))
        for one in of.points:
            if one.value is not None:
                y = _y(of, one.value)
                yield Markup('<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                    min(_x(of, one.at), WIDTH - RIGHT - wide), min(y, floor), wide, abs(floor - y)
                )
        return
    for run in _runs(thinned(of.points)):
        places = [(_x(of, one.at), _y(of, _value(one))) for one in run]
        yield Markup('<polyline class="value" points="{}"/>').format(" ".join(f"{x:.1f},{y:.1f}" for x, y in places))
        if len(of.points) <= COLUMNS // 4:
            for x, y in places:
                yield Markup('<circle class="value" cx="{:.1f}" cy="{:.1f}" r="2.5"/>').format(x, y)


def _bar(of: Chart) -> float:
    """Return how wide a bar is: nearly as far as the next one may be."""
    gaps = [after.at - before.at for before, after in pairwise(of.points)]
    return max(1.0, _x(of, of.begin + min(gaps)) - LEFT - 1) if gaps else _LONE_BAR


def _threshold(of: Chart) -> Iterator[Markup]:
    if of.threshold is not None:
        y = _y(of, of.threshold)
        yield Markup('<line class="threshold" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
            LEFT, WIDTH - RIGHT, y, y
        )


def _told(of: Chart) -> Iterator[Markup]:
    for at, what in of.told:
        x = _x(of, at)
        yield Markup('<path class="told" d="M{:.1f} {} l5 -8 h-10 z"><title>{}</title></path>').format(x, TOP + 8, what)


def _runs(points: Iterable[Point]) -> Iterator[list[Point]]:
    """Yield the points that follow each other without a gap: no line is drawn over what isn't known."""
    run: list[Point] = []
    for point in points:
        if point.value is None:
            if run:
                yield run
            run = []
        else:
            run.append(point)
    if run:
        yield run
