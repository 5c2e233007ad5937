"""History: the events of a job's timeline as spans that are drawn: an attempt, a wait, an end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from api.console.timeline import Span
from operations.runs import Run
from shared import clock
from shared.printable import printable

_MOST = 30
"""Events that are drawn, the latest ones; the table has them all."""
_STATES = {"dead": "failed", "attempt failed": "partial", "completed": "completed", "cancelled": "cancelled"}
_PHASES = (("planning", "planning_at", "running_at"), ("running", "running_at", "fan_in_at"),
           ("fan-in", "fan_in_at", "ended_at"))  # fmt: skip


def spans_of(events: Sequence[Mapping[str, Any]]) -> list[Span]:
    """Return one span per event: until the next one, since a state lasts until then."""
    shown = [event for event in events if event.get("at")][-_MOST:]
    begins = [clock.parse(str(event["at"])) for event in shown]
    ends: list[datetime | None] = [*begins[1:], None]
    return [
        Span(_named(event), begin, end, _STATES.get(str(event.get("what")), "event"))
        for event, begin, end in zip(shown, begins, ends, strict=False)
    ]


def phases_of(run: Run, now: datetime) -> list[Span]:
    """Return the phases of a run that have begun."""
    begun = [(name, _instant(getattr(run, since)), _instant(getattr(run, until))) for name, since, until in _PHASES]
    last = _instant(run.ended_at) or now
    return [
        Span(name, since, until or last, run.status if until is None else "completed")
        for name, since, until in begun
        if since is not None
    ]


def _named(event: Mapping[str, Any]) -> str:
    code = f" ({event['code']})" if event.get("code") else ""
    return printable(f"{event.get('what')}{code}")[:60]


def _instant(text: str | None) -> datetime | None:
    return clock.parse(text) if text else None
