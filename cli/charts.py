"""Charts on a terminal: columns over time, drawn with signs that every terminal has."""

from __future__ import annotations

import math
from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"
_HEIGHT, _NARROWEST, _LEFT = 14, 40, 12


def sparkline(counts: Sequence[float]) -> str:
    """Return one bar a value, the highest for the most; a space for none."""
    most = max(counts, default=0)
    return "".join(" " if count <= 0 else _BARS[_height(count, most)] for count in counts)


def columns(title: str, labels: Sequence[str], values: Sequence[float], width: int) -> str:
    """Return a chart of one column a value, `width` signs wide, with some of the labels below."""
    from plotext import figure  # type: ignore[import-untyped]

    figure.clear()
    figure.plot_size(max(width, _NARROWEST), _HEIGHT)
    places = list(range(1, len(values) + 1))
    figure.draw(figure.bar(places, list(values)))
    figure.title(title)
    every = max(1, -(-len(labels) * (max(map(len, labels), default=1) + 2) // max(width - _LEFT, 1)))
    shown = places[::every]
    figure.ruler(axis="x").ticks(shown, [labels[place - 1] for place in shown])
    return str(figure.build().string(colorless=True))


def _height(count: float, most: float) -> int:
    highest = len(_BARS) - 1
    return min(highest, math.ceil(count * highest / most))  # of a fraction the quotient may be a little more
