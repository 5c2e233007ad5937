"""Benchmark of frequencies: what does the next time of an alert rule cost, beside APScheduler's CronTrigger?"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]

from bench.measuring import Measure, Run
from processors.alerts.frequency import between, next_after, parse

FIRINGS = 1_000
LATE = timedelta(seconds=20)
"""How long after a firing the next one is asked for: a tick comes within the minute."""
ZONE = "America/Los_Angeles"
_BEGIN, _SECONDS = datetime(2020, 1, 1, tzinfo=UTC), 20 * 365 * 86_400
_END = datetime(9000, 1, 1, tzinfo=UTC)
_ROUNDS = 3
_Members = dict[str, Any]
_Work = tuple[Callable[..., object], Sequence[tuple[Any, ...]]]
"""What is called, and what it is given each time."""
_CASES: dict[str, tuple[_Members, _Members]] = {
    "daily": ({"time": "09:00"}, {"hour": 9, "minute": 0}),
    "weekly": (
        {"type": "weekly", "time": "10:00", "dayOfWeek": [1, 3, 5]},
        {"day_of_week": "mon,wed,fri", "hour": 10, "minute": 0},
    ),
    "monthly": (
        {"type": "monthly", "time": "00:00", "dayOfMonth": [15, "last"]},
        {"day": "15,last", "hour": 0, "minute": 0},
    ),
    "hourly": ({"type": "hourly", "time": "00:15"}, {"minute": 15}),
    "cron": (
        {"type": "cron", "expression": "*/15 9-17 * * MON-FRI"},
        {"day_of_week": "mon-fri", "hour": "9-17", "minute": "*/15"},
    ),
}
"""Frequencies by a name, as users write them and as APScheduler takes them."""


def measures() -> Iterator[Measure]:
    """Yield what `compared` measures."""
    for name in _CASES:
        yield Measure(f"{name}_us", "µs", f"next time, {name}: CPU")
        yield Measure(f"{name}_theirs_us", "µs", "the same: APScheduler")
        yield Measure(f"{name}_ratio", "", "the same: times as fast")
        yield Measure(f"{name}_anywhere_ratio", "", "the same, at random instants: times as fast")


def compared(seed: int) -> Run:
    """Find the times that follow the same ones by both, in turn."""
    chance, zone, found = random.Random(seed), ZoneInfo(ZONE), dict[str, float]()
    anywhere = [_BEGIN + timedelta(seconds=chance.randrange(_SECONDS)) for _ in range(FIRINGS)]
    for name, (written, taken) in _CASES.items():
        frequency, trigger = parse(written | {"timezone": ZONE}), CronTrigger(timezone=zone, **taken)
        firings = list(islice(between(frequency, chance.choice(anywhere), _END), FIRINGS))
        local = [one.astimezone(zone) for one in firings]
        ours, theirs = _least(
            (next_after, [(frequency, one + LATE) for one in firings]),
            (trigger.get_next_fire_time, [(one, one + LATE) for one in local]),
        )
        found |= {f"{name}_us": ours, f"{name}_theirs_us": theirs, f"{name}_ratio": theirs / ours}
        ours, theirs = _least(
            (next_after, [(frequency, one) for one in anywhere]),
            (trigger.get_next_fire_time, [(None, one.astimezone(zone)) for one in anywhere]),
        )
        found[f"{name}_anywhere_ratio"] = theirs / ours
    return found


def _least(*works: _Work) -> list[float]:
    """Return the microseconds that a call of each takes: the least of a few rounds, in turn."""
    rounds = [[_microseconds(find, asked) for find, asked in works] for _ in range(_ROUNDS)]
    return [min(of_one) for of_one in zip(*rounds, strict=True)]


def _microseconds(find: Callable[..., object], asked: Sequence[tuple[Any, ...]]) -> float:
    began = time.process_time()
    for given in asked:
        find(*given)
    return (time.process_time() - began) / len(asked) * 1e6
