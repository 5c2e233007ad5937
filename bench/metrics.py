"""Benchmark of metrics: what do ticks cost beside a long history and beside what people have today, and events in all?

The measuring is in ticks.py and rolling_up.py, each in processes of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from typing import Any

from bench.measuring import Measure, Result, Run
from bench.ticks import A_DAY, BESIDE, COMPARED, DIRTY, TICKS
from shared.config import PROJECT_FOLDER

EVENTS, HOUR = 50_000, 100_000


def measure(runs: int, *, count: int = EVENTS) -> Result:
    """Time ticks, the queries of today, and `count` events from their file to their rows."""
    found = [
        {**beside, **compared, **rolled_up, **hour}
        for beside, compared, rolled_up, hour in zip(
            _asked("bench.ticks", "beside", runs),
            _asked("bench.ticks", "compared", runs),
            [_named("file", _asked("bench.rolling_up", "rolled_up", count)) for _ in range(runs)],
            [_named("hour", _asked("bench.rolling_up", "busy_hour", HOUR)) for _ in range(runs)],
            strict=True,
        )
    ]
    return Result(
        "metrics",
        f"A tick of AggregateMetrics with {DIRTY} dirty marks, and the recomputing of its messages, in a SQLite file: "
        f"beside the 60 days of history of {', '.join(map(str, BESIDE))} organisations (the median of {TICKS} ticks of "
        "each, in turn); and beside 19 queries of bare SQL for each active organisation, which recompute hourly, daily "
        f"and monthly windows of {A_DAY} events a day, and write nothing. Then {count} events of 20 organisations, a "
        "million a day, recorded from a file as `nightshift metrics record` does and rolled up; and one organisation "
        f"with {HOUR} events in an hour, with a tick every 15 minutes of a moved clock. One worker, one message after "
        "the other, queues in memory. CPU is that of the process, with SQLite's thread.",
        f"a tick within 10 % beside {BESIDE[-1]} organisations; an event read at most twice",
        tuple(_measures(count)),
        found,
        "A tick costs what changed, the queries what there is. Where all organisations have news, bare SQL that writes "
        "nothing takes less CPU than a worker that stores each bucket, though it reads many more documents. "
        "tests/scale shows that a tick asks the same of the store beside any number of organisations.",
    )


def _measures(count: int) -> list[Measure]:
    made = []
    for size in BESIDE:
        made.append(Measure(f"tick_{size}_cpu_ms", "ms", f"a tick beside {size} organisations: CPU"))
        made.append(Measure(f"tick_{size}_ms", "ms", "the same: time"))
    made.append(Measure("ratio_cpu", "", f"ratio of the last to the first: CPU, {BESIDE[-1]} to {BESIDE[0]}"))
    made.append(Measure("ratio", "", "the same: time"))
    for size in COMPARED:
        for way, about in (
            ("windows", "19 queries for each"),
            ("few", f"a tick, {DIRTY} of them dirty"),
            ("all", "a tick, all of them dirty"),
        ):
            made.append(Measure(f"{way}_{size}_cpu_ms", "ms", f"{size} organisations: {about}: CPU"))
            made.append(Measure(f"{way}_{size}_ms", "ms", "the same: time"))
            made.append(Measure(f"{way}_{size}_read", "documents", "the same: read"))
    made += [
        Measure("file_recorded_rate", "events/s", f"{count} events: recorded from a file"),
        Measure("file_recorded_cpu_ms", "ms", "the same: CPU an event"),
        Measure("file_rolled_up_rate", "events/s", f"{count} events: then rolled up"),
        Measure("file_rolled_up_cpu_ms", "ms", "the same: CPU an event"),
        Measure("file_both_rate", "events/s", f"{count} events: recorded and rolled up"),
        Measure("file_reads", "", f"{count} events: event documents read an event"),
        Measure("file_mib", "MiB", f"{count} events: peak memory above what the process has before"),
        Measure("hour_rate", "events/s", f"{HOUR} events in an hour: recorded and rolled up"),
        Measure("hour_cpu_ms", "ms", "the same: CPU an event"),
        Measure("hour_reads", "", "the same: event documents read an event"),
    ]
    return made


def _named(name: str, run: Run) -> Run:
    return {f"{name}_{measure.removeprefix(f'{name}_')}": value for measure, value in run.items()}


def _asked(module: str, step: str, number: int) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        asked = [sys.executable, "-m", module, step, str(number), folder]
        done = subprocess.run(asked, cwd=PROJECT_FOLDER, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)
