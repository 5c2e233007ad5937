"""Rows: how is the roll-up of one bucket recomputed and stored?

One row per (organisation, kind, tier, bucket) holds all its keys (docs/metrics.md, rules 5 to 9). An empty one is
written too: a worker that read before an event was voided must not find its version standing.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from processors.metrics import folding
from processors.metrics.buckets import Bucket
from processors.metrics.folding import Tallies
from shared import clock
from shared.documents.containers import ROLLUPS, USAGE_EVENTS
from shared.documents.port import Body, Condition, Documents
from shared.documents.shapes import Shape
from shared.rollups import rows
from shared.telemetry.pseudonyms import shown
from shared.usage.places import PARTS, place_of, rows_of

SHAPE = Shape("roll-up", 1)
_FROM_EVENTS = "fromEvents"
EVENT_MEMBERS = ("kind", "type", "reason", "project", "tag", "values", "void")

_log = logging.getLogger("nightshift.metrics")


async def recompute(documents: Documents, org: str, kind: str, bucket: Bucket) -> None:
    """Recompute and store the row of a bucket, unless its tier keeps it no longer.

    From its children's rows; a leaf, and a bucket whose children may expire, from events, which it remembers. Raises
    Transient when it is always another's turn, and what the store raises.
    """

    async def made(standing: Body | None) -> Body | None:
        now = clock.now()
        if bucket.has_expired(now):
            return None
        before = SHAPE.present(standing) if standing else None
        from_events = bucket.children_may_expire(now) or bool(before and before[_FROM_EVENTS])
        if bucket.children is None or from_events:
            tallies = await of_events(documents, org, kind, bucket)
        else:
            tallies = await of_children(documents, org, kind, bucket)
        return _body(org, kind, bucket, tallies, from_events=from_events)

    await rows.recompute(documents, ROLLUPS, rows_of(org, kind), bucket.name, made)


async def get(documents: Documents, org: str, kind: str, bucket: Bucket) -> Tallies:
    """Return what the row of a bucket says; nothing when there is none."""
    found = await documents.get(ROLLUPS, rows_of(org, kind), bucket.name)
    return dict(folding.read(SHAPE.present(found.body))) if found else {}


async def of_events(documents: Documents, org: str, kind: str, bucket: Bucket) -> Tallies:
    """Return what the events of a bucket add up to: of its part, or of all 16."""
    tallies: Tallies = {}
    span: list[Condition] = [("slice", ">=", clock.to_text(bucket.start)), ("slice", "<", clock.to_text(bucket.end))]

    async def add(part: int) -> None:
        place = place_of(org, kind, part)
        query = documents.query(USAGE_EVENTS, partition=place, where=span, order_by="slice", select=EVENT_MEMBERS)
        async for document in query:
            folding.add_event(tallies, document.body)

    parts = range(PARTS) if bucket.part is None else [bucket.part]
    await asyncio.gather(*(add(part) for part in parts))
    return tallies


async def of_children(documents: Documents, org: str, kind: str, bucket: Bucket) -> Tallies:
    """Return what the rows of a bucket's children add up to."""
    tallies: Tallies = {}
    assert bucket.children is not None
    first, end = Bucket(bucket.children, bucket.start), Bucket(bucket.children, bucket.end)
    where: list[Condition] = [("bucketKey", ">=", first.key), ("bucketKey", "<", end.key)]
    async for document in documents.query(ROLLUPS, partition=rows_of(org, kind), where=where, order_by="bucketKey"):
        folding.add_row(tallies, SHAPE.present(document.body))
    return tallies


def _body(org: str, kind: str, bucket: Bucket, tallies: Tallies, *, from_events: bool) -> Body:
    tallies, beyond = folding.named(tallies)
    overflows = any(key.is_other for key in tallies)
    if beyond:
        _log.warning(
            "%s of %s/%s has %d keys more than the %d that are named: they count as other",
            bucket.name, shown(org), shown(kind), beyond, folding.MOST_KEYS,
        )  # fmt: skip
    now = clock.now()
    kept = bucket.kept(now)
    body: dict[str, Any] = {
        "id": bucket.name,
        "orgKind": rows_of(org, kind),
        "orgId": org,
        "kind": kind,
        "tier": bucket.tier,
        "bucket": clock.to_text(bucket.start),
        "bucketKey": bucket.key,
        "keys": folding.written(tallies),
        "overflows": overflows,
        _FROM_EVENTS: from_events,
        "computedAt": clock.to_text(now),
        "schemaVersion": SHAPE.version,
    }
    return body if kept is None else {**body, "ttl": max(1, int(kept.total_seconds()))}
