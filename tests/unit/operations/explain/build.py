"""Builders of what explanations are about: surroundings, timers' heartbeats, records with a past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from operations.explain.answer import Answer
from operations.explain.timer_trouble import Beat
from operations.explanations import Surroundings
from shared import clock
from shared.errors import Permanent, RateLimited, Transient
from shared.jobs import transitions
from shared.jobs.gates import Gate
from shared.jobs.kinds import Registry
from shared.jobs.record import Record
from shared.jobs.worker_heartbeats import HostSeen
from tests.unit.jobs.build import NOW, gate, kind, later, record

SLOW = transitions.reason_of("errand", Transient("no answer", code="timeout"))
LIMITED = transitions.reason_of("errand", RateLimited("slow down", code="rate_limited", dependency="model:small"))
GONE = transitions.reason_of("errand", Permanent("it is gone", code="item_gone"))
HERE, AWAY, NEVER = HostSeen(later(-3), 1), HostSeen(later(-50), 0), HostSeen(None, 0)
MINUTE = timedelta(minutes=1)
MODEL = gate("model:small", due=later(20), closed_at=later(-20), reason="RateLimited: It says 429", by="job a")
BUDGET = gate("budget:llm", due=later(54_000), reason="RateLimited: The day's budget is spent", by="job a")
BY_HAND = gate()


def around(*gates: Gate, host: HostSeen = HERE) -> Surroundings:
    """Return what jobs depend on, with these gates closed."""
    kinds = Registry([kind(dependencies=("model:small", "budget:llm"))])
    return Surroundings(kinds, {one.name: one for one in gates}, host, NOW)


def beat(name: str = "RescueJobs", every: timedelta = MINUTE, **body: str) -> Beat:
    """Return a timer that fired 15 s ago and did well, unless its heartbeat says otherwise."""
    well = {"lastStart": clock.to_text(later(-15)), "lastSuccess": clock.to_text(later(-14))}
    return Beat(name, every, {**well, **body})


def at(seconds: float, change: Any, *arguments: Any, **more: Any) -> Record:
    """Return a record after `change` was done to it so many seconds from now."""
    with clock.running_on(lambda: later(seconds)):
        changed: Record = change(*arguments, **more)
        return changed


def queued(seconds: float = -120) -> Record:
    """Return a job that was asked for 2 minutes ago."""
    plain = record("queued")
    return at(seconds, transitions.new_queued, kind(), plain.key, {"name": "job-1"}, by="ada", traceparent=None)


def failed(wait: float, seconds: float = -30) -> Record:
    """Return a job whose first attempt failed 30 s ago, and which waits for so many seconds from then."""
    return at(seconds, transitions.retrying, record("running"), SLOW, timedelta(seconds=wait))


def said(answer: Answer) -> str:
    """Return an answer's sentences as one text."""
    return "; ".join(answer.sentences)


def told(answer: Answer) -> tuple[str, str, float | None]:
    """Return an answer's code, sentences, and in how many seconds something happens."""
    coming = (answer.next_at - NOW).total_seconds() if answer.next_at is not None else None
    return answer.code, said(answer), coming


def names(cases: Sequence[Any]) -> list[str]:
    """Return the names of cases."""
    return [case.name for case in cases]
