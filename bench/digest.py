"""Benchmark of digests: how many users' digests are made a second, and does memory grow with them?

A process of its own runs the whole run, planning included, through the app's own handlers: a SQLite file, queues in
memory, blobs on Azurite or in memory. Suggestions are made by rules.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import cast

from bench.measuring import Measure, Result, Run
from bench.memory_blobs import MemoryBlobs
from bench.processes import STORAGE
from processors.catalogue import digest_kind, run_definitions
from shared import clock, users
from shared.blobs.storage import Blobs
from shared.config import PROJECT_FOLDER, Settings
from shared.documents.containers import DIGESTS, MOODS, SCRAPED_ITEMS, USER_PROFILES, WARDROBE
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.outcome import Deferred
from shared.jobs.runs.definition import RunDefinitions
from shared.jobs.runs.opening import open_run
from shared.jobs.runs.run_kind import run_kind
from shared.jobs.runtime import Runtime
from shared.queues.memory import MemoryQueues
from shared.services import Services

FEW, MANY = 1_000, 10_000
FEW_FINDS, MANY_FINDS = 500, 50_000
_ITEMS = 12
_KILOBYTES = 1024


def measure(runs: int) -> Result:
    """Make the digests of 1,000 and of 10,000 users, each in a process of its own."""
    return Result(
        "digest",
        f"A whole run of digests for {FEW} and for {MANY} users who own {_ITEMS} items each, on one worker process: "
        "planned, made with suggestions by rules, their blobs written to Azurite, and counted. Then "
        f"{FEW} users with blobs in memory, who are shown the best of {FEW_FINDS} and of {MANY_FINDS} scraped items.",
        "memory flat in the number of users; with blobs in memory at least 200 users/s a process at "
        f"{FEW_FINDS} items, 150 at {MANY_FINDS}",
        (
            Measure("few_per_s", "users/s", f"{FEW} users"),
            Measure("many_per_s", "users/s", f"{MANY} users"),
            Measure("few_mib", "MiB", f"peak memory above what the process has before, {FEW} users"),
            Measure("many_mib", "MiB", f"the same, {MANY} users"),
            Measure("few_finds_per_s", "users/s", f"blobs in memory, {FEW_FINDS} items"),
            Measure("many_finds_per_s", "users/s", f"blobs in memory, {MANY_FINDS} items"),
            Measure("few_finds_per_cpu_s", "users/s", f"the same by the process's own CPU time, {FEW_FINDS} items"),
            Measure("many_finds_per_cpu_s", "users/s", f"the same, {MANY_FINDS} items"),
            Measure("many_finds_mib", "MiB", f"peak memory above what the process has before, {MANY_FINDS} items"),
        ),
        [_run() for _ in range(runs)],
        f"That {MANY} users are slower than {FEW} is Azurite's own growth: with blobs in memory a user takes as long "
        "whatever their number. Azurite takes its part of the two CPUs, too.",
    )


def _run() -> Run:
    few, many = _measured(FEW, FEW_FINDS), _measured(MANY, FEW_FINDS)
    few_finds, many_finds = _measured(FEW, FEW_FINDS, "memory"), _measured(FEW, MANY_FINDS, "memory")
    return {
        "few_per_s": few["per_s"],
        "many_per_s": many["per_s"],
        "few_mib": few["mib"],
        "many_mib": many["mib"],
        "few_finds_per_s": few_finds["per_s"],
        "many_finds_per_s": many_finds["per_s"],
        "few_finds_per_cpu_s": few_finds["per_cpu_s"],
        "many_finds_per_cpu_s": many_finds["per_cpu_s"],
        "many_finds_mib": many_finds["mib"],
    }


def _measured(users: int, finds: int, blobs: str = "azurite") -> Run:
    with tempfile.TemporaryDirectory() as folder:
        asked = [sys.executable, "-m", "bench.digest", str(users), str(finds), blobs, folder]
        done = subprocess.run(asked, cwd=PROJECT_FOLDER, check=True, capture_output=True, text=True)
    found: Run = json.loads(done.stdout)
    return found


async def _make(count: int, finds: int, of_blobs: str, folder: str) -> Run:
    settings = replace(Settings(), run_look_seconds=0.1)
    documents = SqliteDocuments(Path(folder) / "bench.sqlite3")
    await _fill(documents, count, finds)
    queues = MemoryQueues()
    in_memory = of_blobs == "memory"
    blobs = cast(Blobs, MemoryBlobs()) if in_memory else Blobs.from_connection_string(os.environ[STORAGE])
    services = Services(settings, documents, queues, blobs)
    runtime, definition = Runtime(services), run_definitions(settings).named("digest")
    kinds = {kind.queue: kind for kind in (run_kind(settings, RunDefinitions([definition])), digest_kind(settings))}
    for queue in kinds:
        await queues.ensure(queue)
    before, began, cpu = _peak_mib(), time.perf_counter(), time.process_time()
    slot = definition.slots.latest(clock.now())
    await open_run(services, definition, slot, trigger="manual", by="bench")
    while await documents.count(DIGESTS) < count:
        busy = False
        for queue, kind in kinds.items():
            delivery = queues.receive(queue)
            if delivery is None:
                continue
            busy = True
            try:
                await runtime.deliver(kind, delivery)
            except Deferred:
                continue
            queues.delete(delivery)
        if not busy:
            await asyncio.sleep(0.01)
    took, worked = time.perf_counter() - began, time.process_time() - cpu
    await services.close()
    return {"per_s": count / took, "per_cpu_s": count / worked, "mib": _peak_mib() - before}


async def _fill(documents: SqliteDocuments, count: int, finds: int) -> None:
    terms = [{"name": name, "weight": 1.0} for name in ("linen", "heels", "dresses", "black", "jeans", "casual")]
    for n in range(40):
        signals = {"palette": ["#fafafa"], "fabrics": ["linen"], "keyPieces": ["dress"]}
        mood = {"id": f"m{n}", "primaryMood": "resort", "name": f"mood {n}", "description": "", "subMoods": []}
        await documents.create(MOODS, {**mood, "signals": signals, "trend": {clock.iso_week(clock.now()): n + 1}})
    for n in range(finds):
        item = {"id": f"s{n}", "sourceId": "s", "title": f"Linen dress {n}", "text": ""}
        more = {"url": f"https://s.example/{n}", "scrapedAt": clock.text_now()}
        await documents.create(SCRAPED_ITEMS, {**item, **more})
    for n in range(count):
        user = f"user-{n:06}"
        await users.register(documents, user)
        profile = {"id": "taste-profile", "userId": user, "evidences": 6, "garments": terms}
        await documents.create(USER_PROFILES, profile)
        for item_n in range(_ITEMS):
            body = {"id": f"item-{item_n}", "userId": user, "title": f"Linen thing {item_n}", "category": "tops"}
            worn = {"wearCount": item_n, "lastWornAt": "2026-06-01T09:00:00.000Z", "priceMicroUsd": 40_000_000}
            await documents.create(WARDROBE, {**body, **worn})
    cursor = None  # as on any deployment but a new one
    while (cursor := (await users.reconcile(documents, cursor)).after) is not None:
        pass


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_make(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))))
