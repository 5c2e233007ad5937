"""Roll-ups of calls: from calls and leads to sums of 5 minutes, hours and days of each scope.

Two kinds of mark. One names a merchant's slice: its calls, and their leads, are read anew, and add up to a *piece*,
which has a part for each scope that they count in: the merchant, each reseller, all. Then the slice of each of these
scopes is marked. That other mark makes the scope's row of the slice from its pieces' parts, then its hour and day.

So the calls of a slice are read once for all scopes, and a window of a scope reads rows of that scope alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from processors.pickup_rate import chains, leads, sums
from processors.pickup_rate.calls import KEPT
from processors.pickup_rate.rates import FIELDS
from processors.pickup_rate.rules import GLOBAL
from processors.pickup_rate.sums import Sum
from shared import clock, lanes
from shared.documents import ids
from shared.documents.containers import CALL_ROLLUPS, CALLS
from shared.documents.port import Body, Condition, Documents
from shared.documents.shapes import Shape
from shared.rollups import buckets, rows
from shared.rollups.buckets import Bucket, Tier, start_of
from shared.rollups.marks import Mark

TIERS: tuple[Tier, ...] = ("leaf", "hour", "day")
OF_MERCHANT, OF_SCOPE = "~calls-of-merchant", "~calls-of-scope"
KINDS = (OF_MERCHANT, OF_SCOPE)
"""Kinds of mark, in the order in which they are done. No kind of usage event begins so."""
RECOMPUTED = KEPT - timedelta(days=2)
"""How long from its day's beginning on a bucket is recomputed: until its calls and parts are about to expire."""

_PIECE, _ROW = Shape("piece of calls", 1), Shape("roll-up of calls", 1)
_MERCHANT = "merchant:"


class CallRollUps:
    """The roll-ups of calls. See Source."""

    def has(self, kind: str) -> bool:
        """See Source."""
        return kind in KINDS

    def lineage(self, mark: Mark) -> Sequence[Bucket]:
        """See Source."""
        leaf = buckets.parse(mark.bucket, Bucket)
        return [leaf] if mark.kind == OF_MERCHANT else [Bucket(tier, start_of(tier, leaf.start)) for tier in TIERS]

    def is_closed(self, mark: Mark, now: datetime) -> bool:
        """See Source."""
        return now >= start_of("day", buckets.parse(mark.bucket, Bucket).start) + RECOMPUTED

    async def recompute(self, documents: Documents, org: str, kind: str, bucket: Bucket) -> Iterable[Mark]:
        """See Source."""
        if kind == OF_MERCHANT:
            scopes = await _recompute_piece(documents, org, bucket)
            return [Mark(scope, OF_SCOPE, bucket.name) for scope in scopes]
        await _recompute_row(documents, org, bucket)
        return ()


CALL_SOURCE = CallRollUps()


def mark_of(merchant: str, slice: str) -> Mark:
    """Return the mark of a merchant's slice."""
    return Mark(merchant, OF_MERCHANT, f"leaf|{slice}")


async def read(documents: Documents, scope: str, first: Bucket, end: datetime) -> list[Sum]:
    """Return the sums of a scope's buckets from `first` up to `end`, of the same tier."""
    return [sums.read(row, bucket) async for bucket, row in written(documents, scope, first, end)]


async def written(
    documents: Documents, scope: str, first: Bucket, end: datetime
) -> AsyncIterator[tuple[Bucket, Mapping[str, Any]]]:
    """Yield a scope's buckets from `first` up to `end`, of the same tier, each with its sum as its row keeps it."""
    last = Bucket(first.tier, end)
    where: list[Condition] = [("bucketKey", ">=", first.key), ("bucketKey", "<", last.key)]
    async for document in documents.query(CALL_ROLLUPS, partition=_place_of(scope), where=where, order_by="bucketKey"):
        row = _ROW.present(document.body)
        yield Bucket(first.tier, clock.parse(row["bucket"])), row["sum"]


async def _recompute_piece(documents: Documents, merchant: str, bucket: Bucket) -> list[str]:
    """Recompute what a merchant's calls in a slice add up to; return the scopes that they count in, or ever did."""

    async def made(standing: Body | None) -> Body:
        parts = {scope: Sum(bucket) for scope in (_PIECE.present(standing)["scopes"] if standing else ())}
        await _add_calls(documents, merchant, bucket, parts)
        return {
            "id": merchant,
            "place": _place_of_pieces(bucket),
            "scopes": sorted(parts),
            **{_member(scope): part.written() for scope, part in parts.items()},
            **_kept(bucket),
            "schemaVersion": _PIECE.version,
        }

    body = await rows.recompute(documents, CALL_ROLLUPS, _place_of_pieces(bucket), merchant, made)
    scopes: list[str] = body["scopes"] if body else []
    return scopes


async def _add_calls(documents: Documents, merchant: str, bucket: Bucket, parts: dict[str, Sum]) -> None:
    """Add a merchant's calls in a slice, and their leads, to the parts of the scopes that they count in."""
    number = chains.number_of(bucket.start)
    requests: set[str] = set()
    span: list[Condition] = [
        ("initiatedAt", ">=", clock.to_text(bucket.start)),
        ("initiatedAt", "<", clock.to_text(bucket.end)),
    ]
    query = documents.query(CALLS, partition=merchant, where=span, order_by="initiatedAt", select=FIELDS)
    parts.setdefault(f"{_MERCHANT}{merchant}", Sum(bucket))
    parts.setdefault(GLOBAL, Sum(bucket))
    async for document in query:
        call = document.body
        of_call = [parts[f"{_MERCHANT}{merchant}"], parts[GLOBAL]]
        if call.get("resellerId") is not None:
            of_call.append(parts.setdefault(f"reseller:{call['resellerId']}", Sum(bucket)))
        for part in of_call:
            part.add_call(call)
            if call.get("requestId") is None:
                part.links[chains.NONE, chains.ways_of(call)] += 1  # a lead of its own
        if call.get("requestId") is not None:
            requests.add(call["requestId"])

    async def add_lead(request: str) -> None:
        lead = await leads.get(documents, request)
        attempts = leads.attempts_of(lead.body) if lead else []
        its = {
            f"{_MERCHANT}{merchant}": [one for one in attempts if one.merchant == merchant],
            GLOBAL: attempts,
        }
        for one in attempts:
            if one.reseller is not None and one.merchant == merchant and one.slice == number:
                its[f"reseller:{one.reseller}"] = [other for other in attempts if other.reseller == one.reseller]
        for scope, counted in its.items():
            parts.setdefault(scope, Sum(bucket)).links.update(chains.links(counted, number, merchant))

    await lanes.run(sorted(requests), lambda request: request, add_lead)


async def _recompute_row(documents: Documents, scope: str, bucket: Bucket) -> None:
    """Recompute a scope's row of a slice from its pieces, or that of an hour or a day from its children."""

    async def made(standing: Body | None) -> Body:
        found = Sum(bucket)
        for part in await _parts(documents, scope, bucket):
            found.add(part)
        return {
            "id": bucket.name,
            "place": _place_of(scope),
            "scope": scope,
            "tier": bucket.tier,
            "bucket": clock.to_text(bucket.start),
            "bucketKey": bucket.key,
            "sum": found.written(),
            **_kept(bucket),
            "schemaVersion": _ROW.version,
        }

    await rows.recompute(documents, CALL_ROLLUPS, _place_of(scope), bucket.name, made)


async def _parts(documents: Documents, scope: str, bucket: Bucket) -> list[Sum]:
    """Return what a scope's bucket is made of."""
    if bucket.children is not None:
        return await read(documents, scope, Bucket(bucket.children, bucket.start), bucket.end)
    place, member = _place_of_pieces(bucket), _member(scope)
    if scope.startswith(_MERCHANT):
        piece = await documents.get(CALL_ROLLUPS, place, scope.removeprefix(_MERCHANT))
        found = [piece.body] if piece else []
    else:
        where: list[Condition] = [(member, "exists", True)]
        query = documents.query(CALL_ROLLUPS, partition=place, where=where, select=[member, "schemaVersion"])
        found = [document.body async for document in query]
    return [sums.read(_PIECE.present(body)[member], bucket) for body in found]


def _kept(bucket: Bucket) -> Mapping[str, object]:
    now = clock.now()
    kept = max(bucket.end + KEPT - now, timedelta(seconds=1))
    return {"computedAt": clock.to_text(now), "ttl": int(kept.total_seconds())}


def _place_of(scope: str) -> str:
    return ids.compound("scope", scope)


def _place_of_pieces(bucket: Bucket) -> str:
    return ids.compound("pieces", clock.to_text(bucket.start))


def _member(scope: str) -> str:
    """Return the member of a piece that is a scope's part."""
    if scope == GLOBAL:
        return "all"
    return "merchant" if scope.startswith(_MERCHANT) else f"reseller_{ids.sha256(scope)[:32]}"
