"""Generated calls of three merchants, as `nightshift calls import` takes them."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any


def write_a_bad_hour(file: Path) -> None:
    """Write a day of calls, the last hour of them badly picked up, and one broken line."""
    lines = [*_calls("call", 400, 0.62, (120, 1_430)), *_calls("call", 60, 0.25, (2, 55))]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines) + '{"call_id": "broken"}\n')


def write_better_ones(file: Path) -> None:
    """Write calls that were picked up, in slices of 5 minutes that are over: an evaluation counts no others."""
    file.write_text("".join(f"{json.dumps(line)}\n" for line in _calls("better", 300, 0.9, (6, 8))))


def write_of_one(file: Path, merchant: str, *, count: int, rate: float) -> None:
    """Write calls of one merchant in the last hour, of which such a part was picked up."""
    lines = [{**line, "merchantId": merchant} for line in _calls(merchant, count, rate, (6, 50))]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def _calls(name: str, count: int, rate: float, minutes_ago: tuple[int, int]) -> list[dict[str, Any]]:
    chance, (latest, earliest) = random.Random(count), minutes_ago
    now, made = datetime.now(UTC), []
    for n in range(count):
        at = now - timedelta(minutes=chance.uniform(latest, earliest))
        text = at.isoformat(timespec="milliseconds")
        made.append({
            "call_id": f"{name}-{count}-{n}", "merchantId": f"merchant-{n % 3}",
            "requestId": f"{name}-{count}-lead-{n // 2}", "status": "FINISHED",
            "outcome": "CONFIRM" if chance.random() < rate else "NO_ANSWER", "initiatedAt": text, "updatedAt": text,
        })  # fmt: skip
    return made
