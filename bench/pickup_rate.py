"""Benchmark of pickup rates: how long does a tick take over a million calls, from roll-ups and call by call?

Beside the bare SQL that gives the same counts. Each size is filled and counted in a process of its own; the number of
leads is the same for all, since only leads (and merchants) may cost memory when calls are counted one by one.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.measuring import Measure, Result, Run
from processors.pickup_rate import adding_up, reading
from processors.pickup_rate.calls import Call
from processors.pickup_rate.chains import ways_of
from processors.pickup_rate.rates import Tally
from processors.pickup_rate.rollups import CALL_SOURCE, KINDS, mark_of
from processors.pickup_rate.rules import Rule
from processors.pickup_rate.taking_in import take_in
from processors.pickup_rate.windows import windows
from shared import clock, lanes
from shared.config import PROJECT_FOLDER
from shared.documents.containers import CALL_LEADS, CALLS
from shared.documents.sqlite import SqliteDocuments
from shared.measures import Period
from shared.rollups import marks
from shared.rollups.buckets import SLICE, slice_of
from shared.rollups.rolling_up import roll_up_standing

FEW, MANY, LEADS, MERCHANTS = 100_000, 1_000_000, 50_000, 20
TAKEN = 2000
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
        f"{MANY} calls of {LEADS} leads and {MERCHANTS} merchants in a SQLite file, all in one window: added up "
        "from roll-ups, as a tick does it (two windows); counted call by call (--exact); by bare SQL (three statements "
        "on the same table: calls, leads, merchants); and by loading every document and looping. All give the same "
        "counts.",
        "a tick well below a second; call by call at most twice the bare SQL, no slower than loading and looping, its "
        "memory flat but for the leads",
        (
            Measure("tick_s", "s", "a tick from roll-ups"),
            Measure("ours_s", "s", "call by call"),
            Measure("sql_s", "s", "bare SQL"),
            Measure("loop_s", "s", "load every document and loop"),
            Measure("sql_ratio", "", "ratio of call by call to SQL"),
            Measure("loop_ratio", "", "ratio of call by call to loading and looping"),
            Measure("roll_up_s", "s", "rolling all of them up once"),
            Measure("taken_in", "1/s", f"taking in {TAKEN} calls, several at once"),
            Measure("few_mib", "MiB", f"peak memory of call by call above what the process has before, {FEW} calls"),
            Measure("many_mib", "MiB", f"the same, {MANY} calls"),
        ),
        [_run() for _ in range(runs)],
    )


def _run() -> Run:
    few, many = _measured(FEW), _measured(MANY)
    return {
        **{name: many[name] for name in ("tick_s", "ours_s", "sql_s", "loop_s", "roll_up_s", "taken_in")},
        "sql_ratio": many["ours_s"] / many["sql_s"],
        "loop_ratio": many["ours_s"] / many["loop_s"],
        "few_mib": few["mib"],
        "many_mib": many["mib"],
    }


def _measured(count: int) -> Run:
    end, found = clock.to_text(slice_of(clock.now())), dict[str, float]()
    with tempfile.TemporaryDirectory() as folder:
        for step in ("fill", "count") if count == FEW else ("fill", "roll-up", "count", "tick", "take-in"):
            asked = [sys.executable, "-m", "bench.pickup_rate", step, str(count), folder, end]
            done = subprocess.run(asked, cwd=PROJECT_FOLDER, check=True, capture_output=True, text=True)
            found |= json.loads(done.stdout)
    if count == MANY and not found["tick_leads"] == found["leads"] > 0:
        raise SystemExit(f"roll-ups say something else than the calls: {found}")
    return found


async def _fill(count: int, file: Path, end: datetime) -> Run:
    documents = SqliteDocuments(file)
    for container in (CALLS, CALL_LEADS):
        await documents.count(container)  # makes the table
    await documents.close()
    chance, begin = random.Random(count), end - _RULE.lookback
    attempts: list[dict[str, Any]] = [{} for _ in range(LEADS)]

    def rows() -> Any:
        for n in range(count):
            at = clock.to_text(begin + (end - begin) * (n / count))
            merchant, finished = f"merchant-{n % MERCHANTS}", chance.random() < 0.8
            body = {
                "id": f"call-{n:07}", "merchantId": merchant, "requestId": f"lead-{n % LEADS}", "attempt": 1,
                "status": "FINISHED" if finished else "RETRY", "executionMode": "TELEPHONY", "direction": "OUTBOUND",
                "outcome": "NO_ANSWER" if chance.random() < 0.55 else "CONFIRM", "provider": "voice", "initiatedAt": at,
                "endedAt": at, "cost": 0.01, "updatedAt": at, "schemaVersion": 1, "ttl": 7_776_000,
            }  # fmt: skip
            attempts[n % LEADS][f"call-{n:07}"] = {
                "merchantId": merchant, "resellerId": None, "slice": clock.to_text(slice_of(clock.parse(at))),
                "ways": ways_of(body), "updatedAt": at,
            }  # fmt: skip
            yield merchant, body["id"], "e", json.dumps(body, separators=(",", ":")), None

    def leads() -> Any:
        for n, its in enumerate(attempts):
            bucket = hashlib.sha256(f"lead-{n}".encode()).hexdigest()[:2]
            body = {"id": f"lead-{n}", "bucket": bucket, "attempts": its, "schemaVersion": 1, "ttl": 7_776_000}
            yield bucket, body["id"], "e", json.dumps(body, separators=(",", ":")), None

    with sqlite3.connect(file) as connection:
        connection.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?)", rows())
        connection.executemany("INSERT INTO callLeads VALUES (?, ?, ?, ?, ?)", leads())
    connection.close()
    return {}


async def _roll_up(count: int, file: Path, end: datetime) -> Run:
    documents, began = SqliteDocuments(file), time.perf_counter()
    for slices_before in range(1, _RULE.lookback // SLICE + 1):
        at = clock.to_text(end - slices_before * SLICE)
        await marks.put(documents, [mark_of(f"merchant-{n}", at) for n in range(MERCHANTS)])
    for kind in KINDS:
        await roll_up_standing(documents, CALL_SOURCE, kind, MANY)
    await documents.close()
    return {"roll_up_s": time.perf_counter() - began}


async def _tick(count: int, file: Path, end: datetime) -> Run:
    documents, began = SqliteDocuments(file), time.perf_counter()
    found = (await windows(adding_up.counted, documents, {"global": _RULE}, end))["global"]
    took = time.perf_counter() - began
    await documents.close()
    return {"tick_s": took, "tick_leads": found.tally.leads_rate.picked}


async def _take_in(count: int, file: Path, end: datetime) -> Run:
    documents, began = SqliteDocuments(file), time.perf_counter()
    calls = [
        Call.model_validate(
            {
                "call_id": f"new-{n}", "merchantId": f"merchant-{n % MERCHANTS}", "requestId": f"new-lead-{n % 400}",
                "status": "FINISHED", "initiatedAt": clock.to_text(end), "updatedAt": clock.to_text(end),
            }
        )
        for n in range(TAKEN)
    ]  # fmt: skip

    async def one(call: Call) -> None:
        await take_in(documents, call)

    await lanes.run(calls, lambda call: call.call_id, one)
    await documents.close()
    return {"taken_in": TAKEN / (time.perf_counter() - began)}


async def _count(count: int, file: Path, end: datetime) -> Run:
    documents = SqliteDocuments(file)
    before, began = _peak_mib(), time.perf_counter()
    last = Period(end - _RULE.lookback, end)
    wanted = [reading.Wanted("global", period) for period in (last, last.before)]
    counted = (await reading.counted(documents, wanted)).tallies[wanted[0]]
    assert isinstance(counted, Tally)
    ours, mib = time.perf_counter() - began, _peak_mib() - before
    calls, leads = counted.calls, counted.leads_rate
    mine = (calls.total, calls.total - calls.picked), (leads.total, leads.picked)

    connection, span = sqlite3.connect(file), {"begin": clock.to_text(end - _RULE.lookback), "end": clock.to_text(end)}
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
    return {"ours_s": ours, "sql_s": sql, "loop_s": loop, "mib": mib, "leads": leads.picked}


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES


if __name__ == "__main__":
    _, what, calls, folder, until = sys.argv
    of = Path(folder) / "bench.sqlite3"
    steps = {"fill": _fill, "roll-up": _roll_up, "count": _count, "tick": _tick, "take-in": _take_in}
    print(json.dumps(asyncio.run(steps[what](int(calls), of, clock.parse(until)))))
