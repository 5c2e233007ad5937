"""Which of several askings for one thing counts?

A like and its taking back are two jobs, and both speak of one picture: what was asked last counts. The kind keeps what
stands of a thing, with the instant of its asking; a message without a generation that finds its job completed is
compared with that. (docs/protocol.md, What was asked last counts; tests/model/signals_model.py.)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from shared.errors import PreconditionFailed

if TYPE_CHECKING:
    from shared.documents.port import Document, Documents
    from shared.jobs.arrival import Arrival
    from shared.jobs.records import Held, Records

Asked = Literal["uncompared", "later", "earlier"]
"""When a message asked, compared with what stands: *later* than what another job left there, or not."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of a thing: the instant of its asking (a text, in time order), and which job left it."""

    instant: str
    job_id: str
    document: Document


@dataclass(frozen=True, slots=True)
class Latest:
    """How a kind tells which asking for a thing is the latest.

    `member` is the payload's member that holds the instant; every settled payload has it. `standing` reads what stands
    of the thing that a payload speaks of. `move_up` brings it, left by the same job, up to the payload's instant, by
    if-match (PreconditionFailed: somebody was in between), and sees to what follows from it; it may be called again.
    """

    member: str
    standing: Callable[[Documents, Any], Awaitable[Standing | None]]
    move_up: Callable[[Documents, Any, Standing], Awaitable[None]]

    def is_later(self, payload: dict[str, Any], record_payload: dict[str, Any] | None) -> bool:
        """Return whether a stored payload asks later than the one that a record has."""
        held = (record_payload or {}).get(self.member, "")
        return bool(payload[self.member] > held)


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
