"""Timeline: what happened to a job or a run, drawn along the time that it took. Geometry only: no style, no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from shared import lengths

_WIDTH = 800
_NAMES = 190
"""So much of it is for names; spans are drawn beside them."""
_ROW = 22
_LEAST = 6
"""Width of what took no time."""


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted, or (without `until`) happened: what, since when, and how that ended, as a class."""

    what: str
    since: datetime
    until: datetime | None
    state: str


def drawn(spans: Sequence[Span]) -> Markup:
    """Return the drawing, the earliest on top; of nothing, nothing. What has no end is drawn as a point."""
    if not spans:
        return Markup("")
    begin = min(span.since for span in spans)
    end = max(span.until or span.since for span in spans)
    whole = max((end - begin).total_seconds(), 0.001)
    rows = [_row(number, span, begin, whole) for number, span in enumerate(spans)]
    height = _ROW * len(spans) + 20
    took = lengths.length(end - begin)
    foot = Markup(
        '<line x1="{0}" y1="{1}" x2="{2}" y2="{1}"/><text x="{0}" y="{3}">{4} UTC</text>'
        '<text x="{2}" y="{3}" text-anchor="end">+{5}</text>'
    ).format(_NAMES, height - 17, _WIDTH, height - 3, begin.strftime("%Y-%m-%d %H:%M:%S"), took)
    return Markup(
        '<svg class="timeline" role="img" aria-label="{} things in {}; the table says the same" viewBox="0 0 {} {}">'
        "{}{}</svg>"
    ).format(len(spans), took, _WIDTH, height, Markup("").join(rows), foot)


def _row(number: int, span: Span, begin: datetime, whole: float) -> Markup:
    usable = _WIDTH - _NAMES - _LEAST
    left = _NAMES + usable * (span.since - begin).total_seconds() / whole
    right = _NAMES + usable * ((span.until or span.since) - begin).total_seconds() / whole
    y = number * _ROW + 3
    return Markup(
        '<text x="0" y="{}">{}</text><rect x="{:.1f}" y="{}" width="{:.1f}" height="14" rx="3" class="bar {}"/>'
    ).format(y + 11, span.what[:30], left, y, max(_LEAST, right - left), span.state)
