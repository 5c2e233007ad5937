"""Benchmark of due rules: what does a tick take beside few rules and many, and a rule beside a job of APScheduler?"""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]

from bench import still_scheduler
from bench.measuring import Measure, Run
from shared import clock
from shared.documents.sqlite import SqliteDocuments
from tests.integration.jobs.worlds import MovingClock
from tests.integration.rules.worlds import EVERY_MINUTE, RuleWorld
from tests.scale.rule_copies import copy

SIZES, DUE, TICKS = (1_000, 16_000, 100_000), 100, 15
"""Rules beside which ticks are timed, how many of them are due in each minute, and how many ticks a run has."""
_ROUNDS = 5
"""Of APScheduler in a run: it waits for the disk at each job."""
_DAILY = {"type": "daily", "time": "08:00", "timezone": "UTC"}


@dataclass(frozen=True, slots=True)
class Spent:
    """What a tick took, in milliseconds: of the processor, and of the wall."""

    cpu: float
    wall: float


def measures() -> Iterator[Measure]:
    """Yield what `timed` measures."""
    for size in SIZES:
        yield Measure(f"tick_{size}_cpu_ms", "ms", f"a tick, {DUE} of {size} rules due: CPU")
        yield Measure(f"tick_{size}_ms", "ms", "the same: time")
    yield Measure("ratio_cpu", "", f"ratio of the last to the first: CPU, {SIZES[-1]} to {SIZES[0]} rules")
    yield Measure("ratio", "", "the same: time")
    for name, about in (("due", f"a due rule, {DUE} of {SIZES[0]}"), ("job", "the same: a job of APScheduler")):
        yield Measure(f"{name}_cpu_ms", "ms", f"{about}: CPU")
        yield Measure(f"{name}_ms", "ms", "the same: time")
    yield Measure("due_ratio_cpu", "", "ratio of the two: CPU")
    yield Measure("due_ratio", "", "the same: time")


async def timed(runs: int, folder: Path) -> list[Run]:
    """Time ticks beside each number of rules, and those of APScheduler, in turn; each run gives medians."""
    moving, peer = MovingClock(), Peer(folder / "apscheduler.sqlite3")
    with clock.running_on(lambda: moving.now):
        worlds = {size: await _filled(size, folder, moving) for size in SIZES}
        found = [await _run(worlds, peer, moving) for _ in range(runs)]
        for world in worlds.values():
            await world.services.close()
    return found


class Peer:
    """APScheduler on its SQLite job store, with as many jobs as the smallest of ours, and an executor that does
    nothing."""

    def __init__(self, file: Path) -> None:
        self._scheduler = still_scheduler.started(file)
        often, tomorrow = CronTrigger(timezone=UTC), datetime.now(UTC) + timedelta(days=1)
        for number in range(SIZES[0]):
            said = {"args": [f"rule-{number}"], "next_run_time": tomorrow}
            self._scheduler.add_job("builtins:print", often, id=f"job-{number}", **said)

    def tick(self) -> Spent:
        """Return what a tick takes where as many jobs are due."""
        for number in range(DUE):
            self._scheduler.modify_job(f"job-{number}", next_run_time=datetime.now(UTC))
        cpu, wall = time.process_time(), time.perf_counter()
        self._scheduler.round()
        return _since(cpu, wall)


async def fill(file: Path, size: int, moving: MovingClock) -> None:
    """Fill a file with so many rules; some of them are due each minute, the others tomorrow."""
    world = RuleWorld(moving, SqliteDocuments(file))
    await world.create("often", frequency=EVERY_MINUTE)
    await world.create("daily", frequency=_DAILY)
    await world.services.close()
    connection = sqlite3.connect(file, isolation_level=None)
    copy(connection, "often", DUE - 1, moving.now + timedelta(minutes=1))
    copy(connection, "daily", size - DUE - 1, moving.now + timedelta(days=1))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


async def _filled(size: int, folder: Path, moving: MovingClock) -> RuleWorld:
    file = folder / f"{size}.sqlite3"
    await fill(file, size, moving)
    return RuleWorld(moving, SqliteDocuments(file))


async def _run(worlds: dict[int, RuleWorld], peer: Peer, moving: MovingClock) -> Run:
    spent: dict[int, list[Spent]] = {size: [] for size in worlds}
    for _ in range(TICKS):
        moving.advance(60)
        for size, world in worlds.items():
            spent[size].append(await _tick(world))
    theirs = [peer.tick() for _ in range(_ROUNDS)]
    found: dict[str, float] = {}
    for size, ticks in spent.items():
        found[f"tick_{size}_cpu_ms"], found[f"tick_{size}_ms"] = _medians(ticks)
    due = [part / DUE for part in _medians(spent[SIZES[0]])]
    job = [part / DUE for part in _medians(theirs)]
    found |= {"due_cpu_ms": due[0], "due_ms": due[1], "job_cpu_ms": job[0], "job_ms": job[1]}
    found |= {"due_ratio_cpu": due[0] / job[0], "due_ratio": due[1] / job[1]}
    for name, part in (("ratio_cpu", "cpu_ms"), ("ratio", "ms")):
        found[name] = found[f"tick_{SIZES[-1]}_{part}"] / found[f"tick_{SIZES[0]}_{part}"]
    return found


async def _tick(world: RuleWorld) -> Spent:
    cpu, wall = time.process_time(), time.perf_counter()
    done = await world.tick()
    spent = _since(cpu, wall)
    if done.rules != {"sent": DUE}:
        raise SystemExit(f"a tick did {done.rules} instead of sending {DUE}")
    await world.work_off()
    return spent


def _since(cpu: float, wall: float) -> Spent:
    return Spent((time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000)


def _medians(ticks: Sequence[Spent]) -> tuple[float, float]:
    return statistics.median(one.cpu for one in ticks), statistics.median(one.wall for one in ticks)
