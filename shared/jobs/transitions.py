"""Transitions of a record: how does one state of a job follow from another?

Pure functions from record to record, one per row of docs/protocol.md's Endings and of its rules for claims, replays and
ends from outside. Every end but completion raises the generation and removes the claim, so that no message already sent
wakes the job and no worker writes over it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from shared import clock
from shared.jobs.kinds import Kind
from shared.jobs.record import TIMELINE_LENGTH, Claim, JobKey, Reason, Record, changed
from shared.masking import masked

RESCUE_RUNNING = timedelta(seconds=60)
"""A running job is rescued so long after its claim is over: the host holds its message for up to 10 min."""
RESCUE_OVERDUE = timedelta(minutes=15)
"""A queued or waiting one so long after it was due: its message is gone."""
RESCUE_MAX = timedelta(hours=4)
"""Repeated rescues get rarer, up to this distance."""

_MESSAGE_LENGTH = 2000


def event(at: datetime, what: str, **more: Any) -> dict[str, Any]:
    """Return a timeline event; members that are None are left out."""
    return {"at": clock.to_text(at), "what": what, **{name: value for name, value in more.items() if value is not None}}


def new_queued(kind: Kind, key: JobKey, payload: dict[str, Any], *, by: str, traceparent: str | None) -> Record:
    """Return the record that a producer of ours makes after sending the first message."""
    now = clock.now()
    record = Record(key, kind.name, kind.queue, "queued", now, now, traceparent=traceparent)
    return _queued(record, 0, payload, now, event(now, "queued", generation=0, by=by))


def requeued(record: Record, payload: dict[str, Any], *, by: str, what: Literal["queued", "replayed"]) -> Record:
    """Return an ended record asked anew by a producer of ours, or replayed: queued as the next generation."""
    now, generation = clock.now(), record.generation + 1
    record = replayed(record) if what == "replayed" else record
    return _queued(record, generation, payload, now, event(now, what, generation=generation, by=by))


def replayed(record: Record) -> Record:
    """Return a dead record with one more replay counted, for what it died of."""
    return replace(record, replays=(*record.replays, record.reason.cause)) if record.reason else record


def _queued(record: Record, generation: int, payload: dict[str, Any], now: datetime, entry: dict[str, Any]) -> Record:
    return _changed(
        record,
        now,
        entry,
        **_generation(generation, now),
        **_due(now),
        status="queued",
        payload=payload,
        unfinished_since=now,
    )


def claimed(
    record: Record,
    *,
    generation: int,
    crashes: int,
    claim: Claim,
    payload: dict[str, Any] | None,
    seen: dict[str, Any],
    traceparent: str | None,
) -> Record:
    """Return the record as its claimer writes it; `seen` is the delivery.

    A `payload` begins a new generation with it, attempts and crashes 0; None goes on with the record's. What hadn't
    ended is unfinished since it was; else since the queue got the message.
    """
    now = clock.now()
    begun: dict[str, Any] = {} if payload is None else {**_generation(generation, now), "payload": payload}
    begun["unfinished_since"] = _live_since(record) or min(now, clock.parse(seen["putAt"]))
    entry = event(
        now,
        "delivered",
        generation=generation,
        message=seen["id"],
        dequeued=seen["dequeueCount"],
        crashes=crashes or None,
        clamped=seen.get("clamped"),
    )
    begun.update(
        status="running",
        crashes=crashes,
        due=None,
        claim=claim,
        rescue_at=claim.until + RESCUE_RUNNING,
        rescue_distance=RESCUE_RUNNING,
        message=seen,
        traceparent=traceparent or record.traceparent,
    )
    return _changed(record, now, entry, **begun)


def renewed(record: Record, until: datetime) -> Record:
    """Return the running record with its claim lasting until `until`."""
    assert record.claim is not None
    claim = Claim(record.claim.token, until)
    return replace(record, claim=claim, rescue_at=until + RESCUE_RUNNING, updated_at=clock.now())


def completed(record: Record) -> Record:
    """Return the record after its handler returned: the end that keeps its generation."""
    now = clock.now()
    entry = event(now, "completed", generation=record.generation)
    return _changed(record, now, entry, **_ended(now), status="completed", crashes=0)


def continued(record: Record, after: timedelta) -> Record:
    """Return the record after its handler returned `Next(after)`: waiting as the next generation."""
    now = clock.now()
    entry = event(now, "next", wait_s=after.total_seconds())
    return _changed(
        record, now, entry, **_generation(record.generation + 1, now), **_due(now + after), status="waiting"
    )


def retrying(record: Record, reason: Reason, wait: timedelta) -> Record:
    """Return the record after a handling failed as Transient with attempts left."""
    now, attempt = clock.now(), record.attempts + 1
    entry = _failure_event(now, "attempt failed", reason, attempt=attempt, wait_s=round(wait.total_seconds(), 1))
    return _changed(
        record,
        now,
        entry,
        **_due(now + wait),
        **_failed(record, now),
        status="waiting",
        claim=None,
        attempts=attempt,
        crashes=0,
    )


def held(record: Record, reason: Reason, due: datetime, gate: str | None = None) -> Record:
    """Return the record after a handling met a closed dependency, whose `gate` it closed: no attempt spent, crashes
    kept."""
    now = clock.now()
    entry = _failure_event(now, "held", reason, until=clock.to_text(due), gate=gate)
    return _changed(record, now, entry, **_due(due), status="waiting", claim=None)


def released(record: Record, why: str = "stopping", wait: timedelta = timedelta()) -> Record:
    """Return the record that a worker leaves without an ending of its own: due after `wait`, nothing spent."""
    now = clock.now()
    return _changed(record, now, event(now, "released", why=why), **_due(now + wait), status="waiting", claim=None)


def dead(record: Record, reason: Reason, *, generation: int | None = None, spent: bool = False) -> Record:
    """Return the record as a dead letter. `generation` is the one that died (default: the record's); `spent` counts
    the attempt that was its last."""
    now, generation = clock.now(), record.generation if generation is None else generation
    attempts = record.attempts + spent
    return _changed(
        record,
        now,
        _failure_event(now, "dead", reason, attempt=attempts or None),
        **_ended(now),
        **_failed(record, now),
        status="dead",
        generation=generation + 1,
        attempts=attempts,
        reason=reason,
    )


def new_left_out(kind: Kind, key: JobKey, payload: dict[str, Any], *, code: str, why: str, by: str) -> Record:
    """Return the record of a job that is never to run: cancelled before its first message, for a reason."""
    now = clock.now()
    record = Record(key, kind.name, kind.queue, "cancelled", now, now, payload=payload)
    return _left_out(record, now, code, why, by)


def skipped(record: Record, why: str) -> Record:
    """Return the record of a job whose handler found that there is nothing to do any more."""
    return _left_out(changed(record, crashes=0), clock.now(), "slot_skipped", why, None)


def _left_out(record: Record, now: datetime, code: str, why: str, by: str | None) -> Record:
    reason = Reason(code, "LeftOut", why, code)
    entry = event(now, "left out", code=code, why=why, by=by)
    return _changed(
        record, now, entry, **_ended(now), status="cancelled", generation=record.generation + 1, reason=reason
    )


def ended_by(record: Record, status: Literal["cancelled", "discarded"], *, by: str, why: str | None) -> Record:
    """Return the record as a person ended it: cancelled (it hadn't ended) or discarded (it was dead)."""
    now = clock.now()
    entry = event(now, status, by=by, why=why)
    return _changed(record, now, entry, **_ended(now), status=status, generation=record.generation + 1)


def woken(record: Record) -> Record:
    """Return the record with its rescue moved on, its distance doubled up to 4 h."""
    now = clock.now()
    distance = min(2 * (record.rescue_distance or RESCUE_RUNNING), RESCUE_MAX)
    entry = event(now, "rescued", status=record.status)
    return _changed(record, now, entry, rescue_at=now + distance, rescue_distance=distance)


def let_go(record: Record, *, gate: str, by: str) -> Record:
    """Return the record of a job whose gate `by` opened: due now. One whose worker died is due as it was."""
    now = clock.now()
    due = {"rescue_at": now + RESCUE_RUNNING} if record.status == "running" else _due(now)
    return _changed(record, now, event(now, "let go", gate=gate, by=by), **due)


def reason_of(kind: str, error: BaseException) -> Reason:
    """Return the reason that `error` gives, its cause hashed over what makes failures alike (numbers and ids don't)."""
    code = getattr(error, "code", None) or "unexpected"
    name = type(error).__name__
    message = masked(str(error) or name)[:_MESSAGE_LENGTH]  # first masked: half a signature wouldn't be known as one
    alike = re.sub(r"'[^']*'|\"[^\"]*\"|\b[0-9a-f]{8,}\b|\d+", "#", message.lower())
    dependency = getattr(error, "dependency", "")
    cause = hashlib.sha256("|".join((kind, name, code, dependency, alike)).encode()).hexdigest()[:12]
    return Reason(code, name, message, cause, tuple(getattr(error, "places", ())))


def _generation(number: int, now: datetime) -> dict[str, Any]:
    return {
        "generation": number,
        "generation_began": now,
        "attempts": 0,
        "crashes": 0,
        "claim": None,
        "ended_at": None,
        "reason": None,
        "first_failed_at": None,
        "last_failed_at": None,
    }


def _due(due: datetime) -> dict[str, Any]:
    return {"due": due, "rescue_at": due + RESCUE_OVERDUE, "rescue_distance": RESCUE_OVERDUE}


def _ended(now: datetime) -> dict[str, Any]:
    return {
        "claim": None,
        "due": None,
        "rescue_at": None,
        "rescue_distance": None,
        "unfinished_since": None,
        "ended_at": now,
    }


def _live_since(record: Record) -> datetime | None:
    """Return since when a record that hasn't ended is unfinished; of one that lacks the member, as far as it tells."""
    if record.ended or (record.status == "queued" and record.generation_began is None):
        return None
    return record.unfinished_since or record.generation_began or record.created_at


def _failed(record: Record, now: datetime) -> dict[str, Any]:
    return {"first_failed_at": record.first_failed_at or now, "last_failed_at": now}


def _failure_event(at: datetime, what: str, reason: Reason, **more: Any) -> dict[str, Any]:
    return event(at, what, code=reason.code, **{"class": reason.error_class}, message=reason.message[:300], **more)


def _changed(record: Record, now: datetime, entry: dict[str, Any], **changes: Any) -> Record:
    """One copy per transition: records are wide and this runs for every delivery."""
    timeline = (*record.timeline, entry)[-TIMELINE_LENGTH:]
    if "unfinished_since" not in changes and record.unfinished_since is None:
        changes["unfinished_since"] = _live_since(record)
    return changed(record, timeline=timeline, updated_at=now, **changes)
