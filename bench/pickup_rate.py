"""Benchmark of pickup rates: how long to count a million calls, beside the bare SQL that gives the same counts?

Each size is filled and counted in a process of its own; the number of leads is the same for all, since only leads (and
merchants) may cost memory.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.measuring import Measure, Result, Run
from processors.pickup_rate import reading
from processors.pickup_rate.rates import Tally
from processors.pickup_rate.rules import Rule
from shared import clock
from shared.config import PROJECT_FOLDER
from shared.documents.containers import CALLS
from shared.documents.sqlite import SqliteDocuments
from shared.measures import Period

FEW, MANY, LEADS, MERCHANTS = 100_000, 1_000_000, 50_000, 200
_KILOBYTES = 1024
_RULE = Rule(enabled=True, interval_seconds=300, threshold=40.0)
_IN_WINDOW = (
    "json_extract(body, '$.\"initiatedAt\"') >= :begin AND json_extract(body, '$.\"initiatedAt\"') < :end "
    "AND json_extract(body, '$.direction') = 'OUTBOUND' "
    "AND json_extract(body, '$.executionMode') NOT IN ('TELEPHONY_TEST', 'DAILY_TEST')"
)
_FINISHED = "json_extract(body, '$.status') = 'FINISHED'"
_UNPICKED = "coalesce(json_extract(body, '$.outcome') = 'NO_ANSWER', 0)"
_SQL = (
    f"SELECT count(*), sum({_UNPICKED}) FROM calls WHERE {_IN_WINDOW} AND {_FINISHED}",
    f"SELECT count(*), sum(picked > 0) FROM (SELECT sum(1 - {_UNPICKED}) AS picked FROM calls WHERE {_IN_WINDOW} AND "
    f"{_FINISHED} GROUP BY json_extract(body, '$.requestId'))",
    f"SELECT json_extract(body, '$.merchantId'), count(*), sum({_UNPICKED}) FROM calls WHERE {_IN_WINDOW} AND "
    f"{_FINISHED} GROUP BY 1",
)  # fmt: skip


def measure(runs: int) -> Result:
    """Count the calls of one window in each way."""
    return Result(
        "pickup-rate",
        f"{MANY} calls of {LEADS} leads and {MERCHANTS} merchants in a SQLite file, all in one window: counted by the "
        "app's own reader; by bare SQL (three statements on the same table: calls, leads, merchants); and by loading "
        "every document and looping.",
        "at most twice the bare SQL, no slower than loading and looping; memory flat but for the leads",
        (
            Measure("ours_s", "s", "the app's reader"),
            Measure("sql_s", "s", "bare SQL"),
            Measure("loop_s", "s", "load every document and loop"),
            Measure("sql_ratio", "", "ratio of ours to SQL"),
            Measure("loop_ratio", "", "ratio of ours to loading and looping"),
            Measure("few_mib", "MiB", f"peak memory of ours above what the process has before, {FEW} calls"),
            Measure("many_mib", "MiB", f"the same, {MANY} calls"),
        ),
        [_run() for _ in range(runs)],
    )


def _run() -> Run:
    few, many = _measured(FEW), _measured(MANY)
    return {
        **{name: many[name] for name in ("ours_s", "sql_s", "loop_s")},
        "sql_ratio": many["ours_s"] / many["sql_s"],
        "loop_ratio": many["ours_s"] / many["loop_s"],
        "few_mib": few["mib"],
        "many_mib": many["mib"],
    }


def _measured(count: int) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        for step in ("fill", "count"):
            asked = [sys.executable, "-m", "bench.pickup_rate", step, str(count), folder]
            done = subprocess.run(asked, cwd=PROJECT_FOLDER, check=True, capture_output=True, text=True)
    found: Run = json.loads(done.stdout)
    return found


async def _fill(count: int, file: Path) -> None:
    documents = SqliteDocuments(file)
    await documents.count(CALLS)  # makes the table
    await documents.close()
    chance, now = random.Random(count), clock.now()
    begin = now - _RULE.lookback + timedelta(minutes=5)

    def rows() -> Any:
        for n in range(count):
            at = clock.to_text(begin + (now - begin) * (n / count))
            merchant, finished = f"merchant-{n % MERCHANTS}", chance.random() < 0.8
            body = {
                "id": f"call-{n:07}", "merchantId": merchant, "requestId": f"lead-{n % LEADS}", "attempt": 1,
                "status": "FINISHED" if finished else "RETRY", "executionMode": "TELEPHONY", "direction": "OUTBOUND",
                "outcome": "NO_ANSWER" if chance.random() < 0.55 else "CONFIRM", "provider": "voice", "initiatedAt": at,
                "endedAt": at, "cost": 0.01, "updatedAt": at, "schemaVersion": 1, "ttl": 7_776_000,
            }  # fmt: skip
            yield merchant, body["id"], "e", json.dumps(body, separators=(",", ":")), None

    with sqlite3.connect(file) as connection:
        connection.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?)", rows())
    connection.close()


async def _count(count: int, file: Path) -> Run:
    documents, now = SqliteDocuments(file), clock.now()
    before, began = _peak_mib(), time.perf_counter()
    last = Period(now - _RULE.lookback, now)
    wanted = [reading.Wanted("global", period) for period in (last, last.before)]
    counted = (await reading.counted(documents, wanted)).tallies[wanted[0]]
    assert isinstance(counted, Tally)
    ours, mib = time.perf_counter() - began, _peak_mib() - before
    calls, leads = counted.calls, counted.leads_rate
    mine = (calls.total, calls.total - calls.picked), (leads.total, leads.picked)

    connection, span = sqlite3.connect(file), {"begin": clock.to_text(now - _RULE.lookback), "end": clock.to_text(now)}
    began = time.perf_counter()
    found = [connection.execute(statement, span).fetchall() for statement in _SQL]
    sql = time.perf_counter() - began
    if mine != (found[0][0], found[1][0]) or len(found[2]) != len(counted.merchants):
        raise SystemExit(f"ours {mine} is not what SQL says: {found[:2]}")

    began = time.perf_counter()
    loaded, tally = [document.body async for document in documents.query(CALLS)], Tally()
    for body in loaded:
        tally.add(body, tests=False, inbound=False)
    loop = time.perf_counter() - began
    await documents.close()
    return {"ours_s": ours, "sql_s": sql, "loop_s": loop, "mib": mib}


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES


if __name__ == "__main__":
    _, what, calls, folder = sys.argv
    of = Path(folder) / "bench.sqlite3"
    if what == "fill":
        asyncio.run(_fill(int(calls), of))
    else:
        print(json.dumps(asyncio.run(_count(int(calls), of))))
