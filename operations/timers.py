"""Timers: when each fires next, and how its last firing went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Literal

from operations import runs
from operations.actor import Actor
from operations.answers import Page, page
from processors.catalogue import housekeeping, run_definitions
from shared import clock
from shared.config import Settings
from shared.documents.port import Body, Documents
from shared.errors import UsageError
from shared.heartbeats import all_of
from shared.schedules import Schedule
from shared.suggestion import did_you_mean


@dataclass(frozen=True, slots=True)
class Firing:
    """When a timer last fired, and what came of it."""

    at: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Next:
    """A coming firing, in UTC and in this machine's zone."""

    utc: datetime
    local: str


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer function: the run or the housekeeping that it stands for, its next firings, its last one."""

    name: str
    timer: str
    kind: Literal["run", "housekeeping"]
    schedule: str
    about: str
    next: tuple[Next, ...]
    last: Firing | None


async def all_timers(
    documents: Documents, settings: Settings, by: Actor, *, name: str | None = None, count: int = 3
) -> Page[Timer]:
    """Return every timer (or the one of a name) with its next `count` firings. Raises UsageError for an unknown one."""
    by.require("reader")
    definitions, ticks = run_definitions(settings).scheduled(), housekeeping(settings)
    beats = await all_of(documents)
    found = []
    for run in definitions:
        if name not in (None, run.name, run.timer):
            continue
        latest = await runs.entries(documents, [("status", "!=", "missed")], name=run.name, limit=1)
        last = Firing(latest[0].opened_at or "", latest[0].status) if latest else None
        found.append(Timer(run.name, run.timer or "", "run", *_scheduled(run.slots.schedule, run.about, count), last))
    for tick in ticks:
        if name not in (None, tick.name):
            continue
        last = _firing(beats.get(tick.name))
        found.append(Timer(tick.name, tick.name, "housekeeping", *_scheduled(tick.schedule, tick.about, count), last))
    if not found:
        known = sorted([run.name for run in definitions] + [tick.name for tick in ticks])
        meant = did_you_mean(name or "", known)
        raise UsageError(f"There is no timer {name!r}.{meant} Known are: {', '.join(known)}.", code="timer_unknown")
    return page(found)


def _scheduled(schedule: Schedule, about: str, count: int) -> tuple[str, str, tuple[Next, ...]]:
    return schedule.expression, about, upcoming(schedule, count)


def upcoming(schedule: Schedule, count: int) -> tuple[Next, ...]:
    """Return the next `count` firings of a schedule."""
    coming = islice(schedule.firings_after(clock.now()), count)
    return tuple(Next(at, at.astimezone().isoformat(timespec="seconds")) for at in coming)


def _firing(beat: Body | None) -> Firing | None:
    if beat is None:
        return None
    error, succeeded, started = beat.get("lastError") or {}, beat.get("lastSuccess", ""), beat["lastStart"]
    if max(error.get("at", ""), succeeded) < started:
        return Firing(started, "hasn't ended")
    return Firing(started, "ok" if succeeded >= error.get("at", "") else error["code"])
