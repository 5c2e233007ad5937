"""Benchmark of starts: what does a fresh process take up to its first look for due rules?

Each start is a process of its own: `python -m bench.rule_starts STEP FILE`.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from bench.measuring import Measure, Run
from shared import clock
from shared.config import PROJECT_FOLDER

RULES, JOBS = 100_000, 10_000
"""Of ours, and of APScheduler's."""
_NAMES = {
    "ours": f"{RULES} rules",
    "file": f"APScheduler, {JOBS} jobs in its SQLite store",
    "memory": f"APScheduler, {JOBS} jobs put into its memory",
}
_STATUS = Path("/proc/self/status")


def measures() -> Iterator[Measure]:
    """Yield what `timed` measures."""
    for name, about in _NAMES.items():
        yield Measure(f"start_{name}_cpu_ms", "ms", f"start, {about}: CPU of the process")
        yield Measure(f"start_{name}_loading_cpu_ms", "ms", "the same: of what comes after imports")
        yield Measure(f"start_{name}_mib", "MiB", "the same: peak memory above that of imports")


async def fill(ours: Path, theirs: Path) -> None:
    """Let there be rules in a file, and jobs of APScheduler in another; none is due today."""
    from bench import due_rules
    from tests.integration.jobs.worlds import MovingClock

    tomorrow = MovingClock()
    tomorrow.now = clock.now() + timedelta(days=1)
    with clock.running_on(lambda: tomorrow.now):
        await due_rules.fill(ours, RULES, tomorrow)
    _fill_theirs(theirs)


def timed(ours: Path, theirs: Path) -> Run:
    """Start each once, in turn."""
    found: dict[str, float] = {}
    for step, file in (("ours", ours), ("file", theirs), ("memory", theirs)):
        asked = [sys.executable, "-m", "bench.rule_starts", step, str(file)]
        done = subprocess.run(asked, cwd=PROJECT_FOLDER, check=True, stdout=subprocess.PIPE, text=True)
        found |= {f"start_{step}_{name}": value for name, value in json.loads(done.stdout).items()}
    return found


def is_measurable() -> bool:
    """Tell whether this system says how much memory a process has had."""
    return _STATUS.exists()


def _fill_theirs(file: Path) -> None:
    from sqlalchemy import event

    from bench import still_scheduler

    scheduler = still_scheduler.started(file)
    engine = scheduler._jobstores["default"].engine
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    engine.dispose()
    _add_jobs(scheduler)
    scheduler.shutdown()


def _ours(file: Path) -> Callable[[], None]:
    from processors.alerts.dispatch import Dispatched, dispatch
    from processors.catalogue import alert_kind
    from shared.blobs.storage import Blobs
    from shared.config import Settings
    from shared.documents.sqlite import SqliteDocuments
    from shared.queues.memory import MemoryQueues
    from shared.services import Services

    async def first_tick() -> None:
        settings = Settings()
        services = Services(settings, SqliteDocuments(file), MemoryQueues(), cast(Blobs, None))
        assert await dispatch(services, alert_kind(settings)) == Dispatched({}, 0, 0, finished=True)
        await services.documents.close()

    return lambda: asyncio.run(first_tick())


def _in_file(file: Path) -> Callable[[], None]:
    from bench import still_scheduler

    return lambda: still_scheduler.started(file).round()


def _in_memory(file: Path) -> Callable[[], None]:
    from bench import still_scheduler

    def first_round() -> None:
        scheduler = still_scheduler.started(None)
        _add_jobs(scheduler)
        scheduler.round()

    return first_round


def _add_jobs(scheduler: Any) -> None:
    from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]

    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for number in range(JOBS):
        daily, name = CronTrigger(hour=tomorrow.hour, minute=0, timezone=UTC), f"rule-{number}"
        scheduler.add_job("builtins:print", daily, args=[name], id=name, next_run_time=tomorrow)


def _peak_mib() -> float:
    # What getrusage says begins with the peak of the process that started this one.
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


_STEPS = {"ours": _ours, "file": _in_file, "memory": _in_memory}

if __name__ == "__main__":
    _, step, path = sys.argv
    start = _STEPS[step](Path(path))
    peak, imported = _peak_mib(), time.process_time()
    start()
    cpu = time.process_time()
    told = {"cpu_ms": cpu * 1000, "loading_cpu_ms": (cpu - imported) * 1000, "mib": _peak_mib() - peak}
    print(json.dumps(told))
