"""Timing of a rule: which slots is it owed, and what becomes of them when it is edited or dispatched?

Pure. docs/alert-rules.md numbers the rules of the protocol; tests/model/dispatch_model.py searched it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

from shared import clock
from shared.errors import Refused

EDIT_MARGIN = timedelta(minutes=1)
"""An edit takes effect so much later: dispatchers whose clocks differ must agree on which frequency owed a slot."""
MOST_CARRIED = 5000
"""Slots that an edit may carry on: the document of a rule stays small, however long nothing was dispatched."""


class Occasions(Protocol):
    """The slots of a frequency."""

    def after(self, instant: datetime) -> datetime | None:
        """Return the first slot later than `instant`; None when there is none any more."""

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the slots later than `after` and not later than `until`."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a rule is due.

    `carry` are slots of an earlier frequency that were due when it was edited and haven't been dispatched; `effective`
    is since when frequency and activity are as they are.
    """

    active: bool
    next_due: datetime | None
    last_slot: datetime | None
    effective: datetime
    carry: tuple[datetime, ...] = ()


def created(occasions: Occasions, now: datetime, *, active: bool) -> Timing:
    """Return the timing of a new rule."""
    return Timing(active, occasions.after(now) if active else None, None, now)


def due(timing: Timing, occasions: Occasions, until: datetime, most: int | None = None) -> list[datetime]:
    """Return the slots that are due up to an instant, the oldest first, `most` of them (rule 2)."""
    if timing.next_due is None:
        return []
    found = {slot for slot in (timing.next_due, *timing.carry) if slot <= until}
    if timing.active:
        later = occasions.between(max(timing.next_due, timing.effective), until)
        found.update(later if most is None else islice(later, most))
    return sorted(found)[:most]


def edited(timing: Timing, before: Occasions, after: Occasions, now: datetime, *, active: bool) -> Timing:
    """Return the timing after frequency or activity changed, or all is to be computed anew (rules 7 and 8).

    What the old frequency owes until the edit takes effect stays owed. Raises Refused (``rule_behind``) when that is
    more than a document should hold.
    """
    effective = now + EDIT_MARGIN
    carry = tuple(due(timing, before, effective, MOST_CARRIED + 1))
    if len(carry) > MOST_CARRIED:
        raise Refused(
            f"The rule has more than {MOST_CARRIED} slots that are due and haven't been dispatched, since "
            f"{clock.to_text(carry[0])}: until they are, its schedule can't be changed.", code="rule_behind",
        )  # fmt: skip
    next_due = timing.next_due if carry or not active else after.after(effective)
    return Timing(active, next_due, timing.last_slot, effective, carry)


def advanced(timing: Timing, occasions: Occasions, slot: datetime, now: datetime) -> Timing:
    """Return the timing after `slot`, the latest that was due at `now`, has been seen to (rule 6)."""
    carry = tuple(one for one in timing.carry if one > slot)
    following = occasions.after(max(now, slot)) if timing.active else None
    ahead = [one for one in (following, *carry) if one is not None]
    return replace(timing, next_due=min(ahead, default=None), last_slot=slot, carry=carry)


def advanced_within(timing: Timing, slot: datetime, following: datetime) -> Timing:
    """Return the timing after `slot` and all before it have been seen to, while `following` is due too.

    It is what a dispatcher leaves whose clock shows `slot`.
    """
    carry = tuple(one for one in timing.carry if one > slot)
    return replace(timing, next_due=following, last_slot=slot, carry=carry)
