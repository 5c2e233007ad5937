"""Success: has a run, or a housekeeping timer, succeeded within the time that it is expected to?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from processors.health.check import Check, Topic
from processors.health.expected import longest_wait
from processors.health.runs import SeenRun
from shared import clock, skew
from shared.lengths import length
from shared.schedules import Schedule

RUN = Topic("run_without_success", "error", "a-run-hasnt-succeeded-for-long")
TIMER = Topic("timer_silent", "critical", "a-housekeeping-timer-is-silent")


def check_run(run: SeenRun, now: datetime) -> Check:
    """Return whether the run's last success is as young as its schedule lets expect."""
    scope = f"run:{run.name}:success"
    if run.active_since is None:
        return RUN.unknown(scope, "its schedule isn't active yet: CatchUpRuns hasn't met it")
    last, limit = run.last_success, longest_wait(run.slots.schedule, now)
    age = now - (last or run.active_since)
    if age <= limit:
        return RUN.ok(scope, f"succeeded {length(age)} ago" if last else "not expected to have succeeded yet")
    said = f"since {clock.to_text(last)}" if last else f"since its schedule began, {clock.to_text(run.active_since)}"
    return RUN.finding(
        scope, f"Run {run.name} hasn't succeeded {said}: {length(age)}, expected within {length(limit)}."
    )


def check_timer(
    name: str, schedule: Schedule, beat: Mapping[str, Any] | None, watched_since: datetime | None, now: datetime
) -> Check:
    """Return whether a timer's heartbeat tells of a success as young as its schedule lets expect.

    It is given as long from `watched_since` on: before, nothing may have run at all. None: nobody has watched yet.
    """
    scope, limit = f"timer:{name}", longest_wait(schedule, now)
    last = clock.parse(beat["lastSuccess"]) if beat and "lastSuccess" in beat else None
    if last is not None and skew.is_ahead(last, now):
        last = None  # a wrong clock's
    known = [instant for instant in (last, watched_since) if instant is not None]
    if not known:
        return TIMER.unknown(scope, "no heartbeat yet, and nobody has watched it before")
    age = now - max(known)
    if age <= limit:
        told = f"succeeded {length(now - last)} ago" if last else "not expected to have succeeded yet"
        return TIMER.ok(scope, told)
    said = f"hasn't succeeded since {clock.to_text(last)}" if last else "has left no sign of a success"
    error = (beat or {}).get("lastError")
    failed = (
        f" It failed last with {error['code']}." if error and error["at"] > (beat or {}).get("lastSuccess", "") else ""
    )
    return TIMER.finding(scope, f"Timer {name} {said}: {length(age)}, expected within {length(limit)}.{failed}")
