"""Decision: what is to be done with a delivery?

The delivery table of docs/protocol.md as one pure function of (record, message, gates, suspect slot, policy, now). The
first line that fits applies. Reads nothing, writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.jobs.gates import Gate
from shared.jobs.kinds import Policy
from shared.jobs.record import Record
from shared.jobs.trust import trusted

Asked = Literal["uncompared", "later", "earlier"]
"""When a message asked, compared with what stands: *later* than what another job left there, or not."""


ASKS_ANEW_AFTER = timedelta(seconds=5)
"""Put so long after an end, a message without a generation asks anew (clocks of queue and store differ a little)."""
NEARLY_DUE = timedelta(seconds=1)
UNSEEN_GENERATIONS = 1_000_000
"""Without a record a message may be a leftover of one that was purged: so many generations are possible. A run that
looks each 5 s for two months has as many."""


@dataclass(frozen=True, slots=True)
class End:
    """The message has nothing to say (any more)."""

    why: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """The message has a generation that we can't have given: it becomes a dead letter of its own."""


@dataclass(frozen=True, slots=True)
class Compare:
    """The job is completed, but the message may ask later than what stands: compare, then decide again."""


@dataclass(frozen=True, slots=True)
class Defer:
    """Look again at `until`; the record stays as it is."""

    until: datetime
    why: str
    gate: str | None = None
    """The gate that holds it back."""
    unrecorded: bool = False
    """Whether no record tells of what the gate holds back: the message would begin a job, or a generation."""


@dataclass(frozen=True, slots=True)
class AwaitSlot:
    """A suspect, and the process's suspect slot is taken: wait for it, then decide again."""


@dataclass(frozen=True, slots=True)
class Die:
    """The crash that ends the job: `crashes` is the limit."""

    generation: int
    crashes: int


@dataclass(frozen=True, slots=True)
class ClaimIt:
    """Claim the job as `generation`, after winning the probes of the gates that are due."""

    generation: int
    fresh: bool
    """A generation (or record) that begins with this claim: the message's payload is its payload."""
    crashes: int
    probes: tuple[Gate, ...] = ()

    @property
    def suspect(self) -> bool:
        """Whether it has crashed before and runs in the suspect slot."""
        return self.crashes > 0


Decision = End | Refuse | Compare | Defer | AwaitSlot | Die | ClaimIt


def decide(
    record: Record | None,
    *,
    generation: int | None,
    put_at: datetime,
    gates: Sequence[Gate],
    slot_free: bool,
    policy: Policy,
    now: datetime,
    asked: Asked | None = None,
) -> Decision:
    """Return what to do with a message.

    `generation` is the message's (None: it has none, and counts as the record's); `put_at` is when the queue got it;
    `gates` are the closed gates of its kind; `slot_free` tells whether this delivery may use the suspect slot. `asked`
    is when the message asked, compared with what stands (None: its kind's jobs have nothing in common).
    """

    def claim(number: int, *, fresh: bool) -> Decision:
        crashes = 0 if fresh or record is None else record.crashes + (record.status == "running")
        if crashes >= policy.crash_limit:
            return Die(number, crashes)
        closed = [gate for gate in gates if not gate.due_at(now)]
        if closed:
            last = max(closed, key=lambda gate: gate.look_at(now))
            return Defer(last.look_at(now), f"gate {last.name} is closed", last.name, fresh)
        if crashes and not slot_free:
            return AwaitSlot()
        return ClaimIt(number, fresh, crashes, tuple(gates))

    if not is_known(generation, record):
        return Refuse()
    if record is None:
        return claim(generation or 0, fresh=True)
    record = trusted(record, policy, now)
    number = record.generation if generation is None else generation
    if record.generation > number:
        return End("a newer generation is recorded")
    if record.claim is not None and record.claim.until > now:
        return Defer(record.claim.until, "another delivery has claimed it")
    if record.generation < number:
        return claim(number, fresh=True)
    if record.ended:
        if generation is None and _asks_anew(record, put_at, policy):
            return claim(record.generation + 1, fresh=True)
        if generation is None and record.status == "completed" and asked == "uncompared":
            return Compare()
        if generation is None and record.status == "completed" and asked == "later":
            return claim(record.generation + 1, fresh=True)
        return End(f"already {record.status}")
    if record.status == "waiting" and record.due is not None and record.due > now + NEARLY_DUE:
        return Defer(record.due, "not due yet")
    return claim(record.generation, fresh=False)


def is_known(generation: int | None, record: Record | None) -> bool:
    """Return whether a message of that generation (None: of none) may be one that we sent, or needn't be.

    Whoever sends for us gives at most the record's next generation, and a record never goes back.
    """
    return generation is None or generation <= (UNSEEN_GENERATIONS if record is None else record.generation + 1)


def _asks_anew(record: Record, put_at: datetime, policy: Policy) -> bool:
    if record.ended_at is None:
        return False
    window = policy.completed_window if record.status == "completed" else ASKS_ANEW_AFTER
    return put_at >= record.ended_at + max(window, ASKS_ANEW_AFTER)
