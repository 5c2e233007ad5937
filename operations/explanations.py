"""Explanations: why isn't a job running, and when will it?

One function answers that for a job's record, from what keeps jobs: gates, workers that are there, and the record's own
due time and history. Lists, `jobs show` and whoever else must say it ask here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from shared import clock
from shared.config import Settings
from shared.documents.port import Documents
from shared.jobs import history
from shared.jobs.decide import NEARLY_DUE
from shared.jobs.gates import Gate, Gates
from shared.jobs.kinds import Policy, Registry
from shared.jobs.record import Record
from shared.jobs.trust import trusted
from shared.jobs.worker_heartbeats import HostSeen, seen
from shared.lengths import length

Code = Literal[
    "running",
    "worker_died",
    "gate_closed",
    "gate_probed",
    "next_attempt",
    "next_look",
    "released",
    "no_host",
    "overdue",
    "turn",
    "kind_unknown",
    "ended",
]
"""running: a worker has it. worker_died: its claim is over. gate_closed, gate_probed: a gate holds it back, or one job
tries the gate just now. next_attempt, next_look, released: its due time is to come. no_host: it is due, and nobody is
there. overdue: its message is gone. turn: it is due, and its message is in the queue. ended: nothing keeps it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a job isn't running, in words, and until when (None: nobody can say); `gate` is the one that holds it back.

    Of a job that has ended `why` says of what, or what went wrong on the way; None when nothing did.
    """

    code: Code
    why: str | None
    until: datetime | None = None
    gate: str | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What jobs depend on, read once for many of them: the `gates` that aren't open, and the host."""

    kinds: Registry
    gates: Mapping[str, Gate]
    host: HostSeen
    now: datetime


async def surroundings(documents: Documents, settings: Settings) -> Surroundings:
    """Return what jobs depend on now."""
    from processors.catalogue import registry

    now = clock.now()
    gates = {gate.name: gate for gate in await Gates(documents).all()}
    return Surroundings(registry(settings), gates, await seen(documents, now), now)


def explained(record: Record, around: Surroundings) -> Explanation:
    """Return why the job isn't running, and when it will; the first thing that keeps it counts."""
    if record.ended:
        return Explanation("ended", _end(record))
    kind = around.kinds.get(record.kind)
    if kind is None:
        return Explanation("kind_unknown", f"this version of the app has no kind {record.kind!r}")
    record = trusted(record, kind.policy, around.now)
    if record.claim is not None and record.claim.until > around.now:
        attempt = f"attempt {record.attempts + 1} of {kind.policy.max_attempts}"
        return Explanation("running", _after_failure(f"a worker has it, {attempt}", record, kind.policy))
    if record.status == "waiting" and record.due is not None and record.due > around.now + NEARLY_DUE:
        return _not_due(record, record.due, kind.policy, around)
    if (held := _held(kind.gates_of(record.payload or {}), around)) is not None:
        return held
    if not around.host.is_there(around.now):
        return Explanation("no_host", _after_failure(no_host(around.host, around.now), record, kind.policy))
    if record.status == "running":
        why = f"its worker died (crash {record.crashes + 1} of {kind.policy.crash_limit}); it is claimed anew"
        return Explanation("worker_died", why, record.rescue_at)
    if record.rescue_at is not None and record.rescue_at <= around.now:
        why = f"its message is overdue since {length(around.now - record.rescue_at)}; rescue sends it again"
        return Explanation("overdue", _after_failure(why, record, kind.policy), record.rescue_at)
    return Explanation("turn", _after_failure("waits for its turn", record, kind.policy))


def no_host(host: HostSeen, now: datetime) -> str:
    """Return that nobody is there who takes work, and since when."""
    return "no host has been seen yet" if host.last is None else f"no host seen for {length(now - host.last)}"


def gate_told(gate: Gate) -> str:
    """Return which gate is closed, and why."""
    until = "" if gate.due is not None else " until somebody opens it"
    return f"gate {gate.name} is closed{until}, by {gate.by}: {gate.reason}"


def _held(names: tuple[str, ...], around: Surroundings) -> Explanation | None:
    """Return what the gates of these names say; the one that is due last counts."""
    found = [around.gates[name] for name in names if name in around.gates]
    closed = [gate for gate in found if not gate.due_at(around.now)]
    if not closed:
        return None
    gate = max(closed, key=lambda one: one.look_at(around.now))
    if gate.probed:
        return Explanation("gate_probed", f"one job tries gate {gate.name} now", gate.look_at(around.now), gate.name)
    return Explanation("gate_closed", gate_told(gate), gate.due, gate.name)


def _not_due(record: Record, due: datetime, policy: Policy, around: Surroundings) -> Explanation:
    """Return what a job waits for whose due time is to come."""
    event = history.last_event(record) or {}
    if event.get("what") == "held":
        name = event.get("gate")
        gate = around.gates.get(name) if name else None
        why = gate_told(gate) if gate else f"a gate held it back: {event['code']}: {event['message']}"
        return Explanation("gate_closed", why, due, name)
    if event.get("what") == "next":
        return Explanation("next_look", "its last look ended well; the next one is to come", due)
    if event.get("what") == "released":
        why = "its worker was stopped" if event.get("why") == "stopping" else f"{event.get('why', 'it was released')}"
        return Explanation("released", _after_failure(f"{why}; it goes on then", record, policy), due)
    why = _failure(record, policy) or "it isn't due yet"
    return Explanation("next_attempt", why, due)


def _end(record: Record) -> str | None:
    """Return how it ended that isn't plain from its state: of what, by whom, after which failure."""
    if record.reason is not None:
        return f"{record.reason.code} ({record.reason.error_class}): {record.reason.message}"
    event = history.last_event(record) or {}
    if record.status in ("cancelled", "discarded") and "by" in event:
        return f"by {event['by']}" + (f": {event['why']}" if event.get("why") else "")
    failure = history.last_failure(record)
    return None if failure is None else f"before that: {failure['code']}: {failure['message']}"


def _after_failure(why: str, record: Record, policy: Policy) -> str:
    failure = _failure(record, policy)
    return why if failure is None else f"{why}; {failure}"


def _failure(record: Record, policy: Policy) -> str | None:
    """Return how the newest handling failed that did; of the present generation."""
    failure: Mapping[str, Any] | None = history.last_failure(record)
    if failure is None:
        return None
    said = f"{failure['code']}: {failure['message']}"
    if failure["what"] == "attempt failed":
        return f"attempt {failure.get('attempt', record.attempts)} of {policy.max_attempts} failed: {said}"
    return f"it was held back before: {said}" if failure["what"] == "held" else f"it died before: {said}"
