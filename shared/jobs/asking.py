"""When a message asked, compared with what stands of the thing that it speaks of (latest.py)."""

from __future__ import annotations

from typing import Literal

from shared.errors import PreconditionFailed
from shared.jobs.arrival import Arrival
from shared.jobs.latest import Latest
from shared.jobs.record_store import Held, Records


async def compare(
    latest: Latest, records: Records, arrival: Arrival, held: Held, instant: str
) -> Literal["later", "earlier"] | None:
    """Compare the message of a completed job, asked at `instant`, with what stands; None: look at the record again.

    What its own job left is brought up to its instant. The record is read again after what stands: had it begun anew in
    between, another worker would be about to write.
    """
    standing = await latest.standing(records.documents, arrival.payload)
    again = await records.get(arrival.key)
    if again is None or again.etag != held.etag:
        arrival.met = again
        return None
    own = standing is not None and standing.job_id == arrival.key.id
    if standing is None or (not own and (standing.instant, standing.job_id) < (instant, arrival.key.id)):
        return "later"  # of the same instant the greater job id counts, as in what stands
    if own and standing.instant <= instant:
        try:
            await latest.move_up(records.documents, arrival.payload, standing)
        except PreconditionFailed:
            arrival.met = again
            return None
    return "earlier"
