"""Sparkline: how long the last runs took, as a drawing of a few bars. Geometry only: no style, no script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from markupsafe import Markup, escape

from shared import lengths

HEIGHT = 20
BAR = 6
MOST = 16


def drawn(bars: Sequence[tuple[float | None, str]]) -> Markup:
    """Return the drawing of (seconds, state), the oldest first. None stands for a run without a length."""
    shown = bars[-MOST:]
    if not shown:
        return Markup('<span class="quiet">none yet</span>')
    most = max((seconds or 0.0 for seconds, _ in shown), default=0.0) or 1.0
    parts = [
        Markup('<rect x="{}" y="{:.1f}" width="{}" height="{:.1f}" class="bar {}"/>').format(
            number * BAR, HEIGHT - height, BAR - 1, height, state
        )
        for number, (seconds, state) in enumerate(shown)
        for height in (max(2.0, HEIGHT * (seconds or 0.0) / most),)
    ]
    last: Any = next((seconds for seconds, _ in reversed(shown) if seconds is not None), None)
    said = "no run has ended" if last is None else f"last {_length(last)}"
    label = escape(f"Durations of {len(shown)} runs: {said}, longest {_length(most)}")
    return Markup('<svg class="spark" role="img" aria-label="{}" width="{}" height="{}">{}</svg>').format(
        label, MOST * BAR, HEIGHT, Markup("").join(parts)
    )


def _length(seconds: float) -> str:
    return lengths.length(timedelta(seconds=seconds))
