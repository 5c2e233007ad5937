"""Usage events: what is one, and how is it stored?

An event is identified by its organisation, kind and id. Of its versions the one that was updated later stands, so late,
repeated, corrected, moved and voided ones may come in any order. First the event is written, then every slice it ever
stood in is marked (docs/metrics.md, rules 1 to 3): whoever is killed in between is told again, and marks again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared import clock, skew
from shared.documents import ids
from shared.documents.compare_and_set import contended, create_new, in_rounds
from shared.documents.containers import USAGE_EVENTS
from shared.documents.port import Body, Documents
from shared.documents.shapes import Shape
from shared.errors import Permanent
from shared.rollups import marks
from shared.rollups.buckets import slice_of
from shared.usage import closing
from shared.usage.places import part_of, place_of

MOST_SLICES = 100
"""An event may be moved so often; each slice it ever stood in is recomputed with each of its versions."""

SHAPE = Shape("usage event", 1)


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """Something that happened at `occurred_at`; `updated_at` is when this version was made.

    `values` are what metrics take from it: whole numbers, money in micro-USD. A void one never happened.
    """

    org: str
    kind: str
    id: str
    occurred_at: datetime
    updated_at: datetime
    type: str | None = None
    reason: str | None = None
    project: str | None = None
    tag: str | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    void: bool = False
    clamped: Mapping[str, str] = field(default_factory=dict)
    """Instants that were ahead when they came in, as they were given."""

    @property
    def place(self) -> str:
        """The partition it lies in."""
        return place_of(self.org, self.kind, part_of(self.id))


async def record(documents: Documents, event: UsageEvent, received: datetime | None = None) -> bool:
    """Store an event unless a later version stands, and mark what it touches; return whether it was stored.

    `received` is when it came in (default: now): roll-ups that lack it are complete up to then at most. Doing it again
    changes nothing, but marks again. Raises Permanent (``too_late``) for one whose month is closed; Transient and
    Unavailable when it is to be told again.
    """
    stored, body = await write(documents, event)
    await mark(documents, body, received)
    return stored


async def mark(documents: Documents, body: Body, received: datetime | None = None) -> None:
    """Mark every slice that a stored event, which came in then, ever stood in.

    Raises Unavailable when it is to be done again.
    """
    await marks.put(documents, marks_of(body), received)


async def write(documents: Documents, event: UsageEvent) -> tuple[bool, Body]:
    """Store an event unless a later version stands; return whether it was stored, and what stands.

    Whoever calls it marks what stands before the event counts as told. Raises as `record`.
    """
    mine = _said(event)
    is_new = closing.is_taken(event.occurred_at, clock.now())  # most are: so they are written without a look

    async def written() -> tuple[bool, Body]:
        nonlocal is_new
        standing = None if is_new else await documents.get(USAGE_EVENTS, event.place, event.id)
        is_new = False
        if standing is None:
            body = _stored(mine, event, [])
            await create_new(documents, USAGE_EVENTS, body)
            return True, body
        found = SHAPE.present(standing.body)
        if _order(found) >= _order(mine):
            return found["contentHash"] == mine["contentHash"] and found["recordedAt"] == mine["recordedAt"], found
        body = _stored(mine, event, found["slices"])
        await documents.replace(USAGE_EVENTS, body, standing.etag)
        return True, body

    return await in_rounds(written, contended(USAGE_EVENTS, event.id))


def marks_of(body: Body) -> list[marks.Mark]:
    """Return the marks of every slice that a stored event ever stood in."""
    org, kind, part = body["orgId"], body["kind"], part_of(body["id"])
    return [marks.leaf(org, kind, clock.parse(begin), part) for begin in body["slices"]]


def _said(event: UsageEvent) -> Body:
    """Return what an event says, with the hash that orders versions of the same instant."""
    said: dict[str, Any] = {
        "type": event.type,
        "reason": event.reason,
        "project": event.project,
        "tag": event.tag,
        "values": dict(event.values) or None,
        "occurredAt": clock.to_text(event.occurred_at),
        "void": event.void or None,
    }
    said = {name: value for name, value in said.items() if value is not None}
    digest = ids.sha256(json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":")))
    return {
        "id": event.id,
        "place": event.place,
        "orgId": event.org,
        "kind": event.kind,
        **said,
        "updatedAt": clock.to_text(event.updated_at),
        "contentHash": digest[:32],
        "recordedAt": clock.text_now(),
        "schemaVersion": SHAPE.version,
        **({"clamped": dict(event.clamped)} if event.clamped else {}),
    }


def _stored(said: Body, event: UsageEvent, before: list[str]) -> Body:
    """Return the document of an event that stood in the slices `before`. Raises as `record` when it is too late."""
    now, mine = clock.now(), clock.to_text(slice_of(event.occurred_at))
    slices = before if mine in before else [*before, mine]
    if len(slices) > MOST_SLICES:
        raise Permanent(
            f"The event was moved to {MOST_SLICES} other slices of time already", code="moved_too_often",
            dependency="message",
        )  # fmt: skip
    instants = [clock.parse(one) for one in slices]
    closing.refuse_late(instants, now)
    kept = max(instants) + closing.KEPT - now
    return {**said, "slice": mine, "slices": slices, "ttl": int(max(kept, timedelta(seconds=1)).total_seconds())}


def _order(body: Body) -> tuple[str, str]:
    """Return what orders an event's versions. One that is still to come, by a clock that was wrong, is older."""
    return skew.believed(body["updatedAt"]), body["contentHash"]
