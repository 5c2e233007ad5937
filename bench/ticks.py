"""Benchmark of ticks: what does one cost beside the history of many organisations, and beside the queries of today?

Each file of a history is filled once, and measured in every run: `python -m bench.ticks STEP RUNS FOLDER`.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.measuring import Run
from bench.rolling_up import CountedDocuments, Worker
from bench.sliding_windows import recompute
from shared.rollups import marks
from shared.usage import events
from tests.scale import metrics_history
from tests.scale.metrics_history import DAYS, name_of

DIRTY, TICKS = 10, 21
BESIDE = (10, 1_000, 10_000)
"""Organisations beside which a tick is timed. Each has had an event a day."""
COMPARED, A_DAY = (10, 100, 1_000), 10
"""Organisations whose windows are recomputed. Each has had ten events a day, so all are active."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a piece of work took, and how many documents it read."""

    cpu_ms: float
    ms: float
    read: float

    def named(self, name: str) -> Run:
        """Return it as measures."""
        return {f"{name}_cpu_ms": self.cpu_ms, f"{name}_ms": self.ms, f"{name}_read": self.read}


@dataclass
class History:
    """A file with the history of so many organisations, each of which has an event more that isn't rolled up yet."""

    file: Path
    organisations: int
    documents: CountedDocuments = field(init=False)
    newest: list[marks.Mark] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.documents = CountedDocuments(self.file)
        self._worker = Worker(self.documents)

    async def fill(self, events_each: int) -> None:
        """Fill the file."""
        await metrics_history.write_first(self.documents, events_each)
        connection = sqlite3.connect(self.file, isolation_level=None)
        metrics_history.copy_for_others(connection, self.organisations)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        for number in range(self.organisations):
            event = metrics_history.event(name_of(number), events_each, 1)
            self.newest += events.marks_of((await events.write(self.documents, event))[1])

    async def tick(self, dirty: int) -> Spent:
        """Return what a tick takes, with the recomputing, when so many organisations are dirty."""
        await marks.put(self.documents, self.newest[:: len(self.newest) // dirty])
        before, cpu, began = self.documents.given.total(), time.process_time(), time.perf_counter()
        found = await self._worker.tick()
        if found != dirty:
            raise SystemExit(f"a tick found {found} marks instead of {dirty}")
        read = self.documents.given.total() - before
        return Spent((time.process_time() - cpu) * 1000, (time.perf_counter() - began) * 1000, read)

    def windows(self) -> Spent:
        """Return what the queries of today take."""
        connection = sqlite3.connect(self.file)
        cpu, began = time.process_time(), time.perf_counter()
        read = recompute(connection, map(name_of, range(self.organisations)))
        took = Spent((time.process_time() - cpu) * 1000, (time.perf_counter() - began) * 1000, read)
        connection.close()
        return took


async def beside(runs: int, folder: Path) -> list[Run]:
    """Time ticks with 10 dirty marks beside few and many organisations, in turn; each run gives medians."""
    histories = await _filled(BESIDE, folder, DAYS)
    return [await _ticks(histories) for _ in range(runs)]


async def compared(runs: int, folder: Path) -> list[Run]:
    """Time the queries of today, a tick with 10 dirty marks, and one where every organisation is dirty."""
    histories, found = await _filled(COMPARED, folder, DAYS * A_DAY), list[Run]()
    for _ in range(runs):
        run: dict[str, float] = {}
        for history in histories:
            run |= history.windows().named(f"windows_{history.organisations}")
            run |= (await history.tick(DIRTY)).named(f"few_{history.organisations}")
            run |= (await history.tick(history.organisations)).named(f"all_{history.organisations}")
        found.append(run)
    return found


async def _filled(sizes: Sequence[int], folder: Path, events_each: int) -> list[History]:
    histories = [History(folder / f"{size}.sqlite3", size) for size in sizes]
    for history in histories:
        await history.fill(events_each)
        await history.tick(DIRTY)  # the first one opens and compiles
    return histories


async def _ticks(histories: Sequence[History]) -> Run:
    spent: dict[int, list[Spent]] = {history.organisations: [] for history in histories}
    for _ in range(TICKS):
        for history in histories:
            spent[history.organisations].append(await history.tick(DIRTY))

    def median(organisations: int, of: Callable[[Spent], float]) -> float:
        return statistics.median(map(of, spent[organisations]))

    found = {}
    for organisations in spent:
        found[f"tick_{organisations}_cpu_ms"] = median(organisations, lambda one: one.cpu_ms)
        found[f"tick_{organisations}_ms"] = median(organisations, lambda one: one.ms)
    few, *_, many = spent
    for name, measure in (("ratio_cpu", "cpu_ms"), ("ratio", "ms")):
        found[name] = found[f"tick_{many}_{measure}"] / found[f"tick_{few}_{measure}"]
    return found


_STEPS = {"beside": beside, "compared": compared}

if __name__ == "__main__":
    _, step, runs, folder = sys.argv
    print(json.dumps(asyncio.run(_STEPS[step](int(runs), Path(folder)))))
