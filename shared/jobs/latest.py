"""Latest asking: of several askings for one thing, which counts?

A like and its taking back are two jobs, and both speak of one picture: what was asked last counts. The kind keeps what
stands of a thing, with the instant of its asking; a message without a generation that finds its job completed is
compared with that. (docs/protocol.md, What was asked last counts; tests/model/signals_model.py.)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.documents.port import Document, Documents


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
