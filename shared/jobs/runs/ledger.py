"""Ledger of runs: what is known of each?

One document per run in container `runs`: the ledger. Only the run's one job writes it, by replace-if-match, each step
under its generation; except that CatchUpRuns creates those of missed slots, and whatever ends the job from outside
writes failed or cancelled.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from shared import clock, telemetry
from shared.documents.compare_and_set import create_new
from shared.documents.containers import RUNS
from shared.documents.port import Body, Document, Documents
from shared.jobs.record import Reason
from shared.telemetry import signals

Phase = Literal["planning", "running", "fan-in"]
Status = Literal[
    "planning", "running", "fan-in", "completed", "completed_with_failures", "failed", "missed", "cancelled"
]
PHASES: tuple[Status, ...] = ("planning", "running", "fan-in")

_log = logging.getLogger("nightshift.runs")

SCHEMA_VERSION = 1
NOT_BEGUN = -1
"""The generation of an entry that no step has written yet."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A run in the ledger. `phase` is where it goes on, also after it failed and was replayed."""

    id: str
    name: str
    slot: str
    slot_at: datetime
    status: Status
    trigger: str
    by: str
    kept: timedelta
    n: int | None = None
    phase: Phase = "planning"
    generation: int = NOT_BEGUN
    """The job's generation whose step wrote last: a step finds its own effect by it."""
    cursor: str | None = None
    """How far planning got."""
    planned: int = 0
    shards: Mapping[str, int] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    error: Mapping[str, str] | None = None
    covered_by: str | None = None
    """The run that stands for this missed slot."""
    for_one: bool | None = None
    """True for a run that is for one user alone, so that its slot isn't done by it."""
    opened_at: datetime | None = None
    planning_at: datetime | None = None
    running_at: datetime | None = None
    fan_in_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.status not in PHASES

    def durations(self) -> dict[str, float]:
        """Return how many seconds each phase that is over took, and the whole."""
        ends = (self.running_at, self.fan_in_at, self.ended_at)
        begins = (self.planning_at, self.running_at, self.fan_in_at)
        named = zip(("planning", "running", "fanIn"), begins, ends, strict=True)
        spans = {name: (begin, end or self.ended_at) for name, begin, end in named if begin}
        spans["total"] = (self.opened_at or self.planning_at or self.slot_at, self.ended_at)
        return {name: round((end - begin).total_seconds(), 3) for name, (begin, end) in spans.items() if begin and end}


def log_end(entry: Entry) -> None:
    """Write the one structured event of a run's end, and measure the run."""
    signals.current().run_ended(entry.name, entry.status, entry.durations().get("total"))
    telemetry.event(
        _log,
        logging.INFO if entry.status == "completed" else logging.WARNING,
        "run ended",
        run=entry.name,
        slot=entry.slot,
        n=entry.n,
        outcome=entry.status,
        trigger=entry.trigger,
        shards=entry.planned,
        completed=entry.shards.get("completed", 0),
        code=entry.error["code"] if entry.error else None,
        duration_s=entry.durations().get("total"),
    )


def ended_by(entry: Entry, status: Literal["failed", "cancelled"], generation: int, reason: Reason | None) -> Entry:
    """Return the entry of a run whose job was ended from outside, or died."""
    error = {"class": reason.error_class, "code": reason.code, "message": reason.message} if reason else None
    return replace(entry, status=status, generation=generation, error=error, ended_at=clock.now())


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """An entry as it was read or written, and the ETag of exactly that version."""

    entry: Entry
    etag: str


class Ledger:
    """The ledger of all runs."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents

    async def get(self, name: str, id: str) -> HeldEntry | None:
        """Return the entry of a run, or None."""
        document = await self.documents.get(RUNS, name, id)
        return held_of(document) if document else None

    async def write(self, entry: Entry, over: HeldEntry | None) -> HeldEntry:
        """Write `entry` over the version that was read (None: there was none).

        Raises Conflict or PreconditionFailed when another writer was there first.
        """
        body = to_body(entry)
        if over is None:
            return HeldEntry(entry, (await create_new(self.documents, RUNS, body)).etag)
        return HeldEntry(entry, (await self.documents.replace(RUNS, body, over.etag)).etag)


def held_of(document: Document) -> HeldEntry:
    """Return the entry that a stored document holds."""
    return HeldEntry(from_body(document.body), document.etag)


_INSTANTS = {
    "slot_at": "slotAt",
    "opened_at": "openedAt",
    "planning_at": "planningAt",
    "running_at": "runningAt",
    "fan_in_at": "fanInAt",
    "ended_at": "endedAt",
}
_MEMBERS = {
    **{
        name: name
        for name in (
            "id", "name", "slot", "status", "trigger", "by", "n", "phase", "generation", "cursor", "planned", "error",
        )
    },
    "covered_by": "coveredBy",
    "for_one": "forOne",
}  # fmt: skip


def to_body(entry: Entry) -> Body:
    """Return the entry as a document body. Absent values are left out."""
    body: dict[str, Any] = {"schemaVersion": SCHEMA_VERSION, "ttl": int(entry.kept.total_seconds())}
    body.update({member: value for name, member in _MEMBERS.items() if (value := getattr(entry, name)) is not None})
    for name, member in _INSTANTS.items():
        if (instant := getattr(entry, name)) is not None:
            body[member] = clock.to_text(instant)
    body["shards"], body["counters"] = dict(entry.shards), dict(entry.counters)
    body["durations"] = entry.durations()
    return body


def from_body(body: Body) -> Entry:
    """Return the entry that a document body holds."""
    values = {name: body[member] for name, member in _MEMBERS.items() if member in body}
    values.update({name: clock.parse(body[member]) for name, member in _INSTANTS.items() if member in body})
    return Entry(
        kept=timedelta(seconds=body["ttl"]),
        shards=body.get("shards", {}),
        counters=body.get("counters", {}),
        **values,
    )
