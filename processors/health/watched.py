"""What is watched: runs, queues and timers, and what other workloads tell. The catalogue makes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from processors.health.paused_sources import PausedSource
from shared.documents.port import Documents
from shared.jobs.runs.definition import RunDefinition
from shared.measures import AnyMeasure
from shared.schedules import Schedule

WATCH = "WatchJobHealth"
"""The timer of the watch."""
ASKS = "CatchUpRuns"
"""The timer that sees whether the watch lives."""


@dataclass(frozen=True, slots=True)
class WatchedQueue:
    """A queue, its poison queue, and the kind of its jobs; `recorded`: each of them has a record."""

    name: str
    poison: str
    kind: str
    recorded: bool


@dataclass(frozen=True, slots=True)
class WatchedTimer:
    """A housekeeping timer, which leaves a heartbeat of its name."""

    name: str
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class WatchedRun:
    """A scheduled run, and the queue of its shards, if it has some."""

    definition: RunDefinition
    queue: str | None


@dataclass(frozen=True, slots=True)
class Watched:
    """All that is watched. `jobs_ended` is the metric of ended jobs.

    `spent_today` returns what models cost today, in micro-USD; `paused_sources` the sources that aren't scraped.
    """

    runs: Sequence[WatchedRun]
    queues: Sequence[WatchedQueue]
    timers: Sequence[WatchedTimer]
    jobs_ended: AnyMeasure
    spent_today: Callable[[Documents], Awaitable[int]]
    paused_sources: Callable[[Documents], Awaitable[Sequence[PausedSource]]]
