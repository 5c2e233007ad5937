"""Judging: every check of a look, by the rules of this package. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from processors.health import (
    clocks,
    closed_gates,
    dead_letters,
    depth,
    duration,
    late,
    old_marks,
    paused_sources,
    poison,
    spend,
    success,
    unfinished,
)  # fmt: skip
from processors.health.check import Check
from processors.health.memory import Memory
from processors.health.seen import Seen
from processors.health.watched import WatchedTimer
from shared import clock_check
from shared.config import Settings

NO_GATE = "gates"
NO_SOURCE = "sources"


def checks(
    seen: Seen,
    memory: Memory,
    timers: Sequence[WatchedTimer],
    settings: Settings,
    *,
    watched_since: datetime | None,
) -> list[Check]:
    """Return the checks of a look, with what is remembered of it and those before it.

    `watched_since` is when the watch began to look; None: it hasn't yet.
    """
    return [
        *_runs(seen),
        *_timers(seen, watched_since, timers),
        *_jobs(seen, memory, settings),
        *_queues(seen, memory),
        *_held_back(seen, memory),
        spend.check(
            seen.spent, settings.llm_daily_budget_micro_usd, warning_percent=settings.health_budget_warning_percent
        ),
        old_marks.check(seen.oldest_mark, seen.at),
        *clocks.check(clock_check.off_lately(seen.beats, seen.at)),
    ]


def _runs(seen: Seen) -> list[Check]:
    return [
        check
        for run in seen.runs
        for check in (late.check(run, seen.at), success.check_run(run, seen.at), duration.check(run, seen.at))
    ]


def _timers(seen: Seen, watched_since: datetime | None, timers: Sequence[WatchedTimer]) -> list[Check]:
    return [
        success.check_timer(timer.name, timer.schedule, seen.beats.get(timer.name), watched_since, seen.at)
        for timer in timers
    ]


def _jobs(seen: Seen, memory: Memory, settings: Settings) -> list[Check]:
    ratio = dead_letters.check(
        seen.ingress,
        baseline_percent=settings.health_dead_letter_baseline_percent,
        minimum_sample=settings.health_dead_letter_minimum_sample,
    )
    return [ratio, unfinished.check(memory.oldest)]


def _queues(seen: Seen, memory: Memory) -> list[Check]:
    found = []
    for queue in seen.queues:
        looks = memory.depths.get(queue.name, ())
        held, poisoned = seen.depths[queue.name], seen.depths[queue.poison]
        found.append(depth.check(queue.name, held, looks, completes=queue.name in seen.completes))
        found.append(poison.check(queue.name, poisoned, memory.poisoned.get(queue.poison), seen.at))
    return found


def _held_back(seen: Seen, memory: Memory) -> list[Check]:
    gates = [closed_gates.check(gate, memory.closed.get(gate.name), seen.at) for gate in seen.gates]
    sources = [paused_sources.check(source) for source in seen.paused]
    return [
        *(gates or [closed_gates.TOPIC.ok(NO_GATE, "none is closed")]),
        *(sources or [paused_sources.TOPIC.ok(NO_SOURCE, "none is paused")]),
    ]
