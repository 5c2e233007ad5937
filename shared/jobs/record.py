"""Record of a job: what it is, how far it got, and when to look at it again.

One document per job in container `jobs`: what it is, how far it got, when to look at it again. A dead record *is* the
dead letter. Records are values; shared/jobs/transitions.py says how one follows from another.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Literal

from shared import clock

Status = Literal["queued", "running", "waiting", "completed", "dead", "cancelled", "discarded"]
LIVE: tuple[Status, ...] = ("queued", "running", "waiting")
ENDED: tuple[Status, ...] = ("completed", "dead", "cancelled", "discarded")

SCHEMA_VERSION = 1
TIMELINE_LENGTH = 50
ENDED_TTL = timedelta(days=14)
"""How long completed, cancelled and discarded records are kept. Dead ones never expire."""


@dataclass(frozen=True, slots=True)
class JobKey:
    """Which job: the partition (`scope`) and the id of its record."""

    scope: str
    id: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Who works on the job now (`token`), and until when at the latest."""

    token: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a job is dead. `code` is stable; `cause` is a hash that groups alike failures."""

    code: str
    error_class: str
    message: str
    cause: str
    places: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A job's record. Instants are aware and in UTC."""

    key: JobKey
    kind: str
    queue: str
    status: Status
    created_at: datetime
    updated_at: datetime
    generation: int = 0
    generation_began: datetime | None = None
    attempts: int = 0
    crashes: int = 0
    due: datetime | None = None
    claim: Claim | None = None
    payload: dict[str, Any] | None = None
    ended_at: datetime | None = None
    reason: Reason | None = None
    timeline: tuple[dict[str, Any], ...] = ()
    rescue_at: datetime | None = None
    rescue_distance: timedelta | None = None
    unfinished_since: datetime | None = None
    """Since when it is asked for and hasn't ended. Absent in records of older apps until they are written again."""
    traceparent: str | None = None
    first_failed_at: datetime | None = None
    last_failed_at: datetime | None = None
    message: dict[str, Any] | None = None
    """The delivery last seen: id, putAt, dequeueCount; `clamped`, by member, the instant it gave that was to come."""
    replays: tuple[str, ...] = ()
    """The cause at each replay, oldest first: what the loop guard counts."""
    raw: str | None = None
    """The bytes of a body that is no job's, in Base64."""
    occurrences: int | None = None
    """How many messages had exactly that body."""

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.status in ENDED

    @property
    def is_bare_message(self) -> bool:
        """Whether it stands for a body or a plain message, not for a job."""
        return self.raw is not None

    def is_job_of(self, kind: str) -> bool:
        """Tell whether it is the record of a job of that kind: ids that clients give may be taken by another's."""
        return self.kind == kind and not self.is_bare_message


def changed(record: Record, **changes: Any) -> Record:
    """Return a copy with other values, in half the time of `dataclasses.replace`: it runs at each change of a job."""
    values = dict(zip(_NAMES, _values_of(record), strict=True))
    values.update(changes)
    copy = object.__new__(Record)
    for assign, value in zip(_SLOTS, values.values(), strict=True):
        assign(copy, value)
    return copy


_NAMES = tuple(f.name for f in fields(Record))
_SLOTS = tuple(getattr(Record, name).__set__ for name in _NAMES)
_values_of = attrgetter(*_NAMES)


def _member(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


_INSTANTS = {
    name: _member(name)
    for name in (
        "created_at",
        "updated_at",
        "generation_began",
        "due",
        "ended_at",
        "rescue_at",
        "unfinished_since",
        "first_failed_at",
        "last_failed_at",
    )
}
_MEMBERS = {
    name: _member(name)
    for name in _NAMES
    if name not in ("key", "claim", "reason", "rescue_distance", "timeline", "replays", *_INSTANTS)
}
"""The document's names of what is kept as it is, and of instants."""
_instants_of, _members_of = attrgetter(*_INSTANTS), attrgetter(*_MEMBERS)


def to_body(record: Record, write_id: str) -> dict[str, Any]:
    """Return the record as a document body. Absent values are left out. `write_id` marks this write."""
    body: dict[str, Any] = {
        "id": record.key.id,
        "scope": record.key.scope,
        "schemaVersion": SCHEMA_VERSION,
        "writeId": write_id,
    }
    for member, value in zip(_MEMBERS.values(), _members_of(record), strict=True):
        if value is not None:
            body[member] = value
    for member, value in zip(_INSTANTS.values(), _instants_of(record), strict=True):
        if value is not None:
            body[member] = clock.to_text(value)
    body["timeline"] = list(record.timeline)
    if record.replays:
        body["replays"] = list(record.replays)
    if record.claim is not None:
        body["claim"] = {"token": record.claim.token, "until": clock.to_text(record.claim.until)}
    if record.rescue_distance is not None:
        body["rescueSeconds"] = record.rescue_distance.total_seconds()
    if record.reason is not None:
        reason = record.reason
        body["reason"] = {
            "code": reason.code,
            "class": reason.error_class,
            "message": reason.message,
            "cause": reason.cause,
            **({"places": list(reason.places)} if reason.places else {}),
        }
    if record.ended and record.status != "dead":
        body["ttl"] = int(ENDED_TTL.total_seconds())
    return body


def from_body(body: dict[str, Any]) -> Record:
    """Return the record that a document body holds."""
    values: dict[str, Any] = {}
    for name, member in _MEMBERS.items():
        if (value := body.get(member)) is not None:
            values[name] = value
    for name, member in _INSTANTS.items():
        if (value := body.get(member)) is not None:
            values[name] = clock.parse(value)
    claim, reason = body.get("claim"), body.get("reason")
    return Record(
        key=JobKey(body["scope"], body["id"]),
        claim=Claim(claim["token"], clock.parse(claim["until"])) if claim else None,
        reason=Reason(
            reason["code"], reason["class"], reason["message"], reason["cause"], tuple(reason.get("places", ()))
        )
        if reason
        else None,
        timeline=tuple(body.get("timeline", ())),
        replays=tuple(body.get("replays", ())),
        rescue_distance=timedelta(seconds=body["rescueSeconds"]) if "rescueSeconds" in body else None,
        **values,
    )
