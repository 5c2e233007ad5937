"""What does the run of the crash test do?

Its shards are chores: each takes a moment and is counted. They are planned page by page; the fan-in leaves what it saw.
"""

from __future__ import annotations

import asyncio
import os
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from shared.config import Settings
from shared.documents.containers import HEARTBEATS
from shared.jobs.kinds import Job, Kind, Next
from shared.jobs.runs import timers
from shared.jobs.runs.definition import Page, Run, RunDefinition, RunDefinitions, Shard, Totals
from shared.jobs.runs.run_kind import run_kind
from shared.jobs.runs.shards import ShardJob, shard_kind
from shared.schedules import Schedule
from tests.chaos import chores

NAME = "rounds"
PAGE = 25
SELDOM = "0 0 3 1 1 *"
"""The schedule of hosts whose run is opened by the test."""


def schedule() -> str:
    """Return the NCRONTAB that this process's timer has."""
    return os.environ.get("ROUNDS_SCHEDULE", SELDOM)


@lru_cache(maxsize=1)
def rounds_run(settings: Settings) -> RunDefinition:
    """Return the run `rounds`, as the environment has it."""
    return RunDefinition(
        name=NAME,
        timer="RingRounds",
        schedule=Schedule(schedule()),
        slot_form="instant",
        plan=plan,
        shard_kind=round_kind,
        fan_in=fan_in,
        about="does chores in shards",
        tolerance=timedelta(seconds=5),
    )


@lru_cache(maxsize=1)
def round_kind(settings: Settings) -> Kind:
    """Return the kind of the shards, with claims as short as the test's."""
    return _with_claims(shard_kind("round", os.environ["CHORES_QUEUE"], handle))


@lru_cache(maxsize=1)
def rounds_run_kind(settings: Settings) -> Kind:
    """Return the kind `run` with this run alone, with claims as short as the test's."""
    return _with_claims(run_kind(settings, RunDefinitions([rounds_run(settings)])))


async def open_run() -> None:
    """Open the run of the slot, as every timer function does."""
    await timers.open_run(rounds_run)


async def plan(run: Run, cursor: str | None) -> Page:
    """Return the next shards; ROUNDS_SHARDS says how many there are in all."""
    count, begin = int(os.environ.get("ROUNDS_SHARDS", "200")), int(cursor or 0)
    end = min(begin + PAGE, count)
    return Page([Shard(f"round-{n:05}") for n in range(begin, end)], str(end) if end < count else None)


async def handle(job: Job, payload: ShardJob) -> Next | None:
    """Do one shard: as long as ROUNDS_TAKES_MS says, more or less; then it is counted."""
    longest = int(os.environ.get("ROUNDS_TAKES_MS", "0"))
    with chores.running(payload.shard):
        if longest:
            await asyncio.sleep((longest / 2 + zlib.crc32(payload.shard.encode()) % longest) / 1000)
            await chores.count(job.services.documents, payload.shard)
    return None


async def fan_in(run: Run, totals: Totals) -> Mapping[str, int]:
    """Leave what the run came to."""
    await run.services.documents.upsert(HEARTBEATS, {"id": run.id, "completed": totals.completed})
    return {"rounds": totals.completed}


def _with_claims(kind: Kind) -> Kind:
    seconds = float(os.environ.get("CHORES_CLAIM_SECONDS", "60"))
    return replace(kind, policy=replace(kind.policy, claim=timedelta(seconds=seconds)))
