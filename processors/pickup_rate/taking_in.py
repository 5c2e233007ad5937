"""Taking in calls: a call is stored, then what depends on it is brought up to date.

Calls come in any order, and may come again. First the call is written unless a newer version stands; then its leads;
then every (merchant, slice) is marked whose sums it may change. Whoever is killed in between is told again, and does
all of it again: a call keeps every place and lead that it ever stood in.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from processors.pickup_rate import leads
from processors.pickup_rate.calls import Call, order, received, to_body
from processors.pickup_rate.rollups import mark_of
from shared import clock
from shared.config import Settings
from shared.documents.compare_and_set import contended, create_new, in_rounds
from shared.documents.containers import CALLS
from shared.documents.port import Body, Document, Documents
from shared.errors import Permanent, PreconditionFailed
from shared.jobs.kinds import Job, Kind
from shared.rollups import marks

MOST_PLACES = 100
"""A call may be moved so often; each place that it ever stood in is recomputed with each of its versions."""
_KEPT_OF_ALL = ("places", "leads")
"""What a call's document keeps of all its versions: [merchant, slice] of each that began, and their leads."""


@lru_cache(maxsize=1)
def call_kind(settings: Settings) -> Kind:
    """Return the plain kind `call`."""
    return Kind(name="call", queue=settings.call_events_queue, model=Call, handler=_handle)


async def take_in(documents: Documents, call: Call, at: datetime | None = None) -> bool:
    """Store a call that was received then (default: now) unless what stands is as new; return whether it changed it.

    A call whose merchant was another before is that call still: what is older of the two goes. Raises Permanent
    (``moved_too_often``); Transient and Unavailable when it is to be told again.
    """
    at = at or clock.now()
    mine, was_known = to_body(call, at), False

    async def written() -> Document:
        nonlocal was_known
        standing = await documents.get(CALLS, mine["merchantId"], mine["id"])
        if standing is None:
            return await create_new(documents, CALLS, _with_history(mine))
        if order(standing.body) >= order(mine):
            was_known = was_known or _said_by(standing.body) == mine
            return standing
        return await documents.replace(CALLS, _with_history(mine, standing.body), standing.etag)

    standing = await in_rounds(written, contended(CALLS, call.call_id))
    await follow(documents, standing.body, at)
    return _said_by(standing.body) == mine and not was_known


async def follow(documents: Documents, call: Body, at: datetime) -> None:
    """Bring up to date what depends on a stored call (its document), which came in then. Raises as `take_in`."""
    known = set(_with_history(call)["leads"])

    async def followed() -> tuple[Body, list[Body]] | None:
        while True:
            held = {lead: await leads.get(documents, lead) for lead in sorted(known)}
            newest = await _newest(documents, call["id"])  # after the leads: see there
            if newest is None or known.issuperset(newest["leads"]):
                break
            known.update(newest["leads"])
        if newest is None:
            return None
        return newest, [await leads.write(documents, lead, held[lead], newest) for lead in newest["leads"]]

    found = await in_rounds(followed, contended(CALLS, call["id"]))
    if found is None:
        return  # expired meanwhile
    newest, its_leads = found
    places = {(merchant, begin) for merchant, begin in newest["places"]}
    if places:
        # Of the leads' other attempts only later ones can have another slice before them now.
        first = min(begin for _, begin in places)
        for lead in its_leads:
            places |= leads.places_from(lead, first)
    await marks.put(documents, [mark_of(merchant, begin) for merchant, begin in places], at)


def _said_by(body: Body) -> Body:
    """Return what a call's document says of its latest version alone."""
    return {name: value for name, value in body.items() if name not in _KEPT_OF_ALL}


async def _handle(job: Job, call: Call) -> None:
    await take_in(job.services.documents, received(call, job.first_seen), at=job.first_seen)


async def _newest(documents: Documents, call_id: str) -> Body | None:
    """Return the call that stands, after what is older at other merchants went; None when there is none."""
    found = [document async for document in documents.query(CALLS, where=[("id", "=", call_id)])]
    if not found:
        return None
    newest = max(found, key=lambda document: (*order(document.body), document.body["merchantId"]))
    others = [document for document in found if document is not newest]
    body = _with_history(newest.body, *(other.body for other in others))
    if others and body != newest.body:
        await documents.replace(CALLS, body, newest.etag)
    for other in others:
        await _delete(documents, other.body, other.etag)
    return body


def _with_history(body: Body, *others: Body) -> Body:
    """Return a call with every place and lead that it, or another version of it, stood in."""
    places: list[list[str]] = []
    its_leads: list[str] = []
    for one in (*others, body):
        begin = leads.slice_text(one)
        places += [*one.get("places", ()), *([[one["merchantId"], begin]] if begin else [])]
        its_leads += [*one.get("leads", ()), *([one["requestId"]] if "requestId" in one else [])]
    unique = [list(place) for place in dict.fromkeys(map(tuple, places))]
    if len(unique) > MOST_PLACES:
        raise Permanent(
            f"The call was moved to {MOST_PLACES} other merchants or times already", code="moved_too_often",
            dependency="message",
        )  # fmt: skip
    return {**body, "places": unique, "leads": list(dict.fromkeys(its_leads))}


async def _delete(documents: Documents, body: Body, etag: str) -> None:
    try:
        await documents.delete(CALLS, body["merchantId"], body["id"], etag)
    except PreconditionFailed:
        return  # written meanwhile: whoever wrote it looks again
