"""Palette: colours as a row of swatches, and counts by week as a line. Geometry only: no style, no script."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

_is_colour = re.compile(r"#[0-9a-fA-F]{6}").fullmatch
SWATCH, GAP = 22, 4
STEP, HEIGHT, ROOM = 16, 32, 3


def swatches(colours: Iterable[object]) -> Markup:
    """Return the drawing of colours (``#rrggbb``); what is no colour is left out."""
    shown = [one for one in colours if isinstance(one, str) and _is_colour(one)]
    if not shown:
        return Markup('<span class="quiet">no colours</span>')
    square = Markup(
        '<rect x="{}" y="1" width="{}" height="{}" rx="4" fill="{}" class="swatch"><title>{}</title></rect>'
    )
    squares = [
        square.format(number * (SWATCH + GAP) + 1, SWATCH, SWATCH, colour, colour)
        for number, colour in enumerate(shown)
    ]
    return Markup('<svg class="palette" role="img" aria-label="{}" width="{}" height="{}">{}</svg>').format(
        escape(f"Colours: {', '.join(shown)}"), len(shown) * (SWATCH + GAP), SWATCH + 2, Markup("").join(squares)
    )


def trend(weeks: Mapping[str, int]) -> Markup:
    """Return the drawing of counts by week, the earliest first, with a dot at the last one."""
    counts = list(weeks.values())
    if not counts:
        return Markup('<span class="quiet">no weeks</span>')
    most = max(*counts, 1)
    places = [(ROOM + n * STEP, HEIGHT - ROOM - (HEIGHT - 2 * ROOM) * count / most) for n, count in enumerate(counts)]
    line = " ".join(f"{x},{y:.1f}" for x, y in places)
    said = escape("; ".join(f"{week}: {count}" for week, count in weeks.items()))
    x, y = places[-1]
    return Markup(
        '<svg class="trend" role="img" aria-label="{}" width="{}" height="{}">'
        '<polyline points="{}"/><circle cx="{}" cy="{:.1f}" r="2.5"/></svg>'
    ).format(said, (len(counts) - 1) * STEP + 2 * ROOM, HEIGHT, line, x, y)
