"""Leads: which attempts were made to call one? One document each, made from its calls.

A call's part of it is made anew from the call that stands: the lead is read first, then the call, then the lead is
replaced if nobody was in between. So calls may come in any order, change their lead, and come again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from processors.pickup_rate.calls import KEPT
from processors.pickup_rate.chains import LONGEST, Attempt, number_of, ways_of
from shared import clock
from shared.documents import ids
from shared.documents.compare_and_set import create_new
from shared.documents.containers import CALL_LEADS
from shared.documents.port import Body, Document, Documents
from shared.documents.shapes import Shape
from shared.rollups.buckets import slice_of

_SHAPE = Shape("lead", 1)
_FORGOTTEN = KEPT + LONGEST
"""An attempt that is older is in no window, nor just before one."""


async def get(documents: Documents, lead: str) -> Document | None:
    """Return a lead's document; None when there is none."""
    return await documents.get(CALL_LEADS, _bucket(lead), lead)


async def write(documents: Documents, lead: str, standing: Document | None, call: Body) -> Body:
    """Store a call, as it stands now, in a lead that was read before it was, and return the lead.

    A call that isn't one of the lead's (any more) is taken out. Raises Conflict or PreconditionFailed when others were
    in between.
    """
    attempts: dict[str, Any] = dict(_SHAPE.present(standing.body)["attempts"]) if standing else {}
    attempt = _attempt(call) if call.get("requestId") == lead else None
    if attempt is not None and standing is not None and attempts.get(call["id"]) == attempt:
        return standing.body  # of the same version: nobody can hold an older one and still write it
    attempts.pop(call["id"], None)
    oldest = clock.text_now(-_FORGOTTEN)
    attempts = {name: one for name, one in attempts.items() if one["slice"] >= oldest}
    if attempt is not None:
        attempts[call["id"]] = attempt
    body = {
        "id": lead,
        "bucket": _bucket(lead),
        "attempts": attempts,
        "schemaVersion": _SHAPE.version,
        "ttl": int(KEPT.total_seconds()),
    }
    if standing is None:
        return (await create_new(documents, CALL_LEADS, body)).body
    return (await documents.replace(CALL_LEADS, body, standing.etag)).body


def attempts_of(lead: Body) -> list[Attempt]:
    """Return the attempts of a lead."""
    return [
        Attempt(number_of(clock.parse(one["slice"])), one["merchantId"], one["resellerId"], one["ways"])
        for one in _SHAPE.present(lead)["attempts"].values()
    ]


def places_from(lead: Body, slice: str) -> set[tuple[str, str]]:
    """Return (merchant, slice) of each attempt in that slice or a later one."""
    attempts: Mapping[str, Any] = _SHAPE.present(lead)["attempts"]
    return {(one["merchantId"], one["slice"]) for one in attempts.values() if one["slice"] >= slice}


def slice_text(call: Body) -> str | None:
    """Return the slice that a call began in; None when it doesn't say when it began."""
    return clock.to_text(slice_of(clock.parse(call["initiatedAt"]))) if "initiatedAt" in call else None


def _attempt(call: Body) -> Body | None:
    begin = slice_text(call)
    if begin is None:
        return None
    return {
        "merchantId": call["merchantId"],
        "resellerId": call.get("resellerId"),
        "slice": begin,
        "ways": ways_of(call),
        "updatedAt": call["updatedAt"],
    }


def _bucket(lead: str) -> str:
    return ids.sha256(lead)[:2]
