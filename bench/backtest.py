"""Benchmark of backtests: how long does a year of hourly evaluations take, from its rows to what would have fired?

Each run is a process of its own over a SQLite file. Hours of metrics are kept for 30 days and roll-ups of calls for 88:
here they are kept for as long as the year has, so that all of it is judged.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from bench.measuring import Measure, Result, Run
from operations import backtest, pickup_backtest, rule_backtest
from operations.actor import EVERYTHING, Actor
from processors.alerts import judging
from processors.alerts.rule import checked
from processors.metrics import buckets
from processors.metrics.folding import Key, Tally, written
from processors.metrics.measures import MEASURES as METRICS
from processors.pickup_rate import chains, rollups
from processors.pickup_rate.sums import ClassCounts, Sum
from shared import clock
from shared.config import PROJECT_FOLDER, Settings
from shared.documents import ids
from shared.documents.containers import CALL_ROLLUPS, ROLLUPS
from shared.documents.sqlite import SqliteDocuments
from shared.measures import Measures, read
from shared.queues.memory import MemoryQueues
from shared.rollups.buckets import Bucket, Tier
from shared.services import Services
from shared.usage.places import rows_of

YEAR, KEYS, MERCHANTS = timedelta(days=365), 20, 20
_ASKED = 200
"""Windows that are read one by one."""
_KEPT = timedelta(days=400)
_BY = Actor("bench", frozenset({"reader"}), frozenset({EVERYTHING}))
_RULE: dict[str, Any] = {
    "name": "costs",
    "frequency": {"type": "hourly", "time": "00:00", "timezone": "UTC"},
    "condition": {
        "measure": "llm_usage",
        "scope": "org:acme",
        "operator": ">",
        "threshold": 480,
        "windowSeconds": 86_400,
    },
}
_RATIO = {
    **_RULE,
    "condition": {**_RULE["condition"], "measure": None, "ratio": ["llm_usage", "llm_calls"], "threshold": 0.5},
}
_HOURLY = {"interval_seconds": 3600, "threshold": 50.0}
_OFTEN = {**_HOURLY, "interval_seconds": 300}


def measure(runs: int) -> Result:
    """Backtest a year in each way."""
    return Result(
        "backtest",
        f"{YEAR.days} days of hourly evaluations over windows of 24 hours, in a SQLite file: of a rule on a metric "
        f"(rows of {KEYS} keys), of a rule on the ratio of two, of 41 thresholds, and of a pickup rate on call and "
        f"lead rate; 88 days of the last each 5 minutes; and {_ASKED} windows of the first that are read one by one, "
        "times what a year has of them. From the reading of the rows to what would have fired, without the start of a "
        "command. Rows are kept for the whole year here, so that all of it is judged.",
        "a year of hourly evaluations of one rule in at most 2 s",
        (
            Measure("metric_s", "s", "a year of a metric by the hour"),
            Measure("ratio_s", "s", "a year of a ratio of two by the hour"),
            Measure("pickups_s", "s", "a year of pickup rates by the hour"),
            Measure("often_s", "s", "88 days of pickup rates each 5 minutes"),
            Measure("sweep_s", "s", "a year of a metric by the hour, 41 thresholds"),
            Measure("one_by_one_s", "s", "a year of a metric, read window by window"),
        ),
        [_run() for _ in range(runs)],
    )


def _run() -> Run:
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, float] = {}
        for step in ("fill", "replay"):
            asked = [sys.executable, "-m", "bench.backtest", step, folder]
            done = subprocess.run(asked, cwd=PROJECT_FOLDER, check=True, capture_output=True, text=True)
            found |= json.loads(done.stdout)
    return found


async def _fill(file: Path) -> Run:
    documents, chance = SqliteDocuments(file), random.Random(1)
    for container in (ROLLUPS, CALL_ROLLUPS):
        await documents.count(container)  # makes the table
    await documents.close()
    end = clock.now().replace(minute=0, second=0, microsecond=0)
    with sqlite3.connect(file) as connection:
        connection.executemany("INSERT INTO rollups VALUES (?, ?, ?, ?, ?)", _metrics(chance, end))
        connection.executemany("INSERT INTO callRollups VALUES (?, ?, ?, ?, ?)", _calls(chance, end))
    connection.close()
    return {}


def _metrics(chance: random.Random, end: datetime) -> Iterator[tuple[Any, ...]]:
    place = rows_of("acme", "llm")
    for bucket in _buckets(("hour", "day"), end):
        count = 30 if bucket.tier == "hour" else 720
        tallies = {
            Key(f"project-{n % 10}", "", metric): Tally(count * chance.randrange(300_000), count, 1, 900_000)
            for n in range(KEYS)
            for metric in (("llm_usage", "llm_calls")[n // 10],)
        }
        body = {"orgKind": place, "keys": written(tallies)}
        yield _row(place, bucket, body)


def _calls(chance: random.Random, end: datetime) -> Iterator[tuple[Any, ...]]:
    place = ids.compound("scope", "global")
    for bucket in _buckets(("leaf", "hour", "day"), end):
        if bucket.tier == "leaf" and bucket.start < end - timedelta(days=90):
            continue
        number, merchants = chains.number_of(bucket.start), {f"merchant-{n}": [5, 2] for n in range(MERCHANTS)}
        counts = ClassCounts(100, chance.randrange(30, 60), 90, 60, 5, merchants, 120)
        links = chains.Links({(number - n * 12 if n else 0, 7 << 3 * (n % 4)): chance.randrange(9) for n in range(24)})
        yield _row(place, bucket, {"place": place, "sum": Sum(bucket, {0: counts}, links).written()})


def _buckets(tiers: tuple[Tier, ...], end: datetime) -> Iterator[Bucket]:
    for tier in tiers:
        bucket = Bucket(tier, (end - YEAR - timedelta(days=2)).replace(hour=0))
        while bucket.start < end:
            yield bucket
            bucket = Bucket(tier, bucket.end)


def _row(place: str, bucket: Bucket, more: dict[str, Any]) -> tuple[Any, ...]:
    names = {"id": bucket.name, "tier": bucket.tier, "bucket": clock.to_text(bucket.start), "bucketKey": bucket.key}
    body = {**names, **more, "schemaVersion": 1}
    return place, bucket.name, "e", json.dumps(body, separators=(",", ":")), None


async def _replay(file: Path) -> Run:
    buckets.KEPT["hour"] = rollups.RECOMPUTED = _KEPT
    queues = MemoryQueues()
    services = Services(Settings(), SqliteDocuments(file), queues, cast(Any, None))
    queues._queues.setdefault(services.settings.usage_events_queue, {})
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    year, days = backtest.range_of(now - YEAR, now), backtest.range_of(now - timedelta(days=88), now)

    async def of_rule(rule: dict[str, Any]) -> int:
        return len((await rule_backtest.replay(services, _BY, rule, year)).evaluations)

    async def of_pickups(over: backtest.Range, numbers: dict[str, Any]) -> int:
        asked = services.documents, services.settings, _BY, "global", over
        return len((await pickup_backtest.replay(*asked, changes=numbers)).evaluations)

    async def of_sweep() -> int:
        wanted = backtest.sweep_of("threshold", 400, 440, None)
        found = await rule_backtest.sweep(services, _BY, _RULE, year, wanted, lambda done, total: None)
        return min(len(one.evaluations) for _, one in found.tried)

    hours = YEAR // timedelta(hours=1)
    try:
        return {
            "metric_s": await _timed(lambda: of_rule(_RULE), hours),
            "ratio_s": await _timed(lambda: of_rule(_RATIO), hours),
            "pickups_s": await _timed(lambda: of_pickups(year, _HOURLY), hours),
            "often_s": await _timed(lambda: of_pickups(days, _OFTEN), 88 * 288),
            "sweep_s": await _timed(of_sweep, hours),
            "one_by_one_s": await _one_by_one(services, now) * hours / _ASKED,
        }
    finally:
        await services.documents.close()


async def _timed(ask: Callable[[], Awaitable[int]], least: int) -> float:
    """Return the seconds that an answer takes. Raises SystemExit when not all of it was judged."""
    began = time.perf_counter()
    evaluations = await ask()
    took = time.perf_counter() - began
    if evaluations < least:
        raise SystemExit(f"only {evaluations} of {least} evaluations were judged")
    return took


async def _one_by_one(services: Services, now: datetime) -> float:
    """Return the seconds that windows of the year take when each is read by itself."""
    known, chance = Measures(METRICS), random.Random(2)
    condition = checked(_RULE).condition
    ends = [now - chance.random() * (YEAR - timedelta(days=2)) for _ in range(_ASKED)]
    began = time.perf_counter()
    for end in ends:
        await read(services, judging.asks_of(condition, known, end))
    return time.perf_counter() - began


if __name__ == "__main__":
    _, what, folder = sys.argv
    steps = {"fill": _fill, "replay": _replay}
    print(json.dumps(asyncio.run(steps[what](Path(folder) / "bench.sqlite3"))))
