"""What did Microsoft's own listeners do? As recorded, with versions and date, in `recorded/`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("recorded")


@dataclass(frozen=True, slots=True)
class RecordedSchedule:
    """A text, and the `firings` that follow `after` (UTC); None where the text was refused."""

    text: str
    after: datetime | None
    firings: tuple[datetime, ...] | None


def schedules() -> list[RecordedSchedule]:
    """Return what the timer extension made of texts."""
    return [_schedule(json.loads(line)) for line in _lines("schedules")]


def scenarios(kind: str) -> dict[str, dict[str, Any]]:
    """Return what was seen in each scenario of `kind`: queues, timers, or beside them."""
    rows = [json.loads(line) for line in _lines(kind)]
    return {row["scenario"]: row["seen"] for row in rows}


def _lines(name: str) -> list[str]:
    return (_FOLDER / f"{name}.jsonl").read_text().splitlines()


def _schedule(row: list[str]) -> RecordedSchedule:
    text, *instants = row
    if not instants:
        return RecordedSchedule(text, None, None)
    after, *firings = (datetime.fromisoformat(instant).replace(tzinfo=UTC) for instant in instants)
    return RecordedSchedule(text, after, tuple(firings))
