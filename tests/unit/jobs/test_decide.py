"""What is to be done with a delivery? Each row of the delivery table, and each rule under it, is a case."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from shared.jobs.decide import (
    UNSEEN_GENERATIONS,
    Asked,
    AwaitSlot,
    ClaimIt,
    Compare,
    Decision,
    Defer,
    Die,
    End,
    Refuse,
    decide,
)
from shared.jobs.gates import Gate
from shared.jobs.kinds import Policy
from shared.jobs.record import Record
from tests.unit.jobs.build import NOW, POLICY, gate, later, record

OVER = later(-1)
HOUR = POLICY.completed_window.total_seconds()


@dataclass(frozen=True)
class Delivered:
    """One message that came, and the state it came to. `generation` is the message's; the record's is 2."""

    says: str
    record: Record | None
    then: Decision
    generation: int | None = 2
    put_at: datetime = field(default=NOW)
    gates: tuple[Gate, ...] = ()
    slot_free: bool = True
    policy: Policy = POLICY
    asked: Asked | None = None


def running(claim_until: datetime, **changes: object) -> Record:
    """Return a running record whose claim lasts until then."""
    claimed = record("running", **changes)
    assert claimed.claim is not None
    return replace(claimed, claim=replace(claimed.claim, until=claim_until))


ENDED_10_MIN_AGO = {status: record(status) for status in ("completed", "dead", "cancelled", "discarded")}  # type: ignore[arg-type]
COMPLETED_LONG_AGO = record("completed", ended_at=later(-2 * HOUR))
CLOSED = gate(due=later(90))
ENDLESS = gate(due=None)
DUE = gate(due=later(-1))

_defer_claim = Defer(later(30), "another delivery has claimed it")
ROWS = [
    Delivered("no record: create it, claimed", None, ClaimIt(0, True, 0), generation=None),
    Delivered("no record, first generation: create it, claimed", None, ClaimIt(0, True, 0), generation=0),
    Delivered("no record, a later generation: create it as that", None, ClaimIt(3, True, 0), generation=3),
    Delivered(
        "no record, the last generation that may be a leftover's: create it as that",
        None,
        ClaimIt(UNSEEN_GENERATIONS, True, 0),
        generation=UNSEEN_GENERATIONS,
    ),
    Delivered("no record, a generation beyond: refuse", None, Refuse(), generation=UNSEEN_GENERATIONS + 1),
    Delivered("a generation beyond the record's next: refuse", record("queued"), Refuse(), generation=4),
    Delivered("beyond the next, claimed: refuse all the same", running(later(30)), Refuse(), generation=4),
    Delivered("beyond the next, ended: refuse", record("dead"), Refuse(), generation=2**31 - 1),
    Delivered("a newer generation: end", record("queued"), End("a newer generation is recorded"), generation=1),
    Delivered(
        "a newer generation, claimed: end", running(later(30)), End("a newer generation is recorded"), generation=1
    ),
    Delivered("claim not over: defer until its end", running(later(30)), _defer_claim),
    Delivered("claim not over, newer message: defer all the same", running(later(30)), _defer_claim, generation=3),
    Delivered("claim not over, message without generation: defer", running(later(30)), _defer_claim, generation=None),
    Delivered("an older generation, queued: claim as the new one", record("queued"), ClaimIt(3, True, 0), generation=3),
    Delivered("an older generation, ended: claim as the new one", record("dead"), ClaimIt(3, True, 0), generation=3),
    Delivered(
        "an older generation, not due: claim as the new one",
        record("waiting", due=later(600)),
        ClaimIt(3, True, 0),
        generation=3,
    ),
    Delivered(
        "dead, without generation, put ≥ 5 s after: asks anew",
        ENDED_10_MIN_AGO["dead"],
        ClaimIt(3, True, 0),
        generation=None,
    ),
    Delivered("cancelled, likewise: asks anew", ENDED_10_MIN_AGO["cancelled"], ClaimIt(3, True, 0), generation=None),
    Delivered("discarded, likewise: asks anew", ENDED_10_MIN_AGO["discarded"], ClaimIt(3, True, 0), generation=None),
    Delivered(
        "dead, put exactly 5 s after the end: asks anew",
        record("dead", ended_at=later(-5)),
        ClaimIt(3, True, 0),
        generation=None,
    ),
    Delivered(
        "dead, put less than 5 s after the end: end",
        record("dead", ended_at=later(-4.999)),
        End("already dead"),
        generation=None,
    ),
    Delivered(
        "dead, put before the end but delivered long after: end",
        ENDED_10_MIN_AGO["dead"],
        End("already dead"),
        generation=None,
        put_at=later(-1200),
    ),
    Delivered(
        "completed, put after the completed TTL: asks anew", COMPLETED_LONG_AGO, ClaimIt(3, True, 0), generation=None
    ),
    Delivered(
        "completed, put within the completed TTL: end",
        ENDED_10_MIN_AGO["completed"],
        End("already completed"),
        generation=None,
    ),
    Delivered(
        "completed, TTL of 0: still only ≥ 5 s after the end",
        record("completed", ended_at=later(-4)),
        End("already completed"),
        generation=None,
        policy=Policy(completed_window=timedelta()),
    ),
    Delivered(
        "completed, of a kind whose latest asking counts: compare",
        ENDED_10_MIN_AGO["completed"],
        Compare(),
        generation=None,
        asked="uncompared",
    ),
    Delivered(
        "completed, asked later than what stands: claim as the next generation",
        ENDED_10_MIN_AGO["completed"],
        ClaimIt(3, True, 0),
        generation=None,
        asked="later",
    ),
    Delivered(
        "completed, asked earlier than what stands: end",
        ENDED_10_MIN_AGO["completed"],
        End("already completed"),
        generation=None,
        asked="earlier",
    ),
    Delivered(
        "completed, but the message has a generation: end",
        ENDED_10_MIN_AGO["completed"],
        End("already completed"),
        asked="uncompared",
    ),
    Delivered(
        "dead is dead, whenever it was asked: end",
        record("dead", ended_at=later(-1)),
        End("already dead"),
        generation=None,
        asked="uncompared",
    ),
    Delivered(
        "completed long ago: asks anew without a comparison",
        COMPLETED_LONG_AGO,
        ClaimIt(3, True, 0),
        generation=None,
        asked="uncompared",
    ),
    Delivered("dead, the same generation: end", ENDED_10_MIN_AGO["dead"], End("already dead")),
    Delivered("completed long ago, the same generation: end", COMPLETED_LONG_AGO, End("already completed")),
    Delivered("cancelled: end", ENDED_10_MIN_AGO["cancelled"], End("already cancelled")),
    Delivered("discarded: end", ENDED_10_MIN_AGO["discarded"], End("already discarded")),
    Delivered(
        "waiting, not due for another second: defer",
        record("waiting", due=later(1.001)),
        Defer(later(1.001), "not due yet"),
    ),
    Delivered("waiting, due within a second: claim", record("waiting", due=later(1)), ClaimIt(2, False, 0)),
    Delivered("waiting, due: claim", record("waiting", due=OVER), ClaimIt(2, False, 0)),
    Delivered("queued: claim", record("queued"), ClaimIt(2, False, 0)),
    Delivered("without generation: counts as the record's", record("queued"), ClaimIt(2, False, 0), generation=None),
    Delivered(
        "without generation, waiting: counts as the record's",
        record("waiting", due=later(60)),
        Defer(later(60), "not due yet"),
        generation=None,
    ),
]

_QUEUE_GATE = "queue:errand-jobs"
_defer_gate = Defer(later(90), f"gate {_QUEUE_GATE} is closed", _QUEUE_GATE)
_defer_unrecorded = replace(_defer_gate, unrecorded=True)
GATES = [
    Delivered("closed, no record: defer until it is due", None, _defer_unrecorded, generation=0, gates=(CLOSED,)),
    Delivered("closed, older generation: defer", record("queued"), _defer_unrecorded, generation=3, gates=(CLOSED,)),
    Delivered("closed, asks anew: defer", record("dead"), _defer_unrecorded, generation=None, gates=(CLOSED,)),
    Delivered("closed, else: defer", record("queued"), _defer_gate, gates=(CLOSED,)),
    Delivered(
        "closed without end: look again in 5 min",
        record("queued"),
        replace(_defer_gate, until=later(300)),
        gates=(ENDLESS,),
    ),
    Delivered(
        "two closed: defer until the later is due, and name that",
        record("queued"),
        Defer(later(200), "gate model:small is closed", "model:small"),
        gates=(CLOSED, gate("model:small", due=later(200))),
    ),
    Delivered(
        "one due, one closed: defer until the closed one is due",
        record("queued"),
        _defer_gate,
        gates=(gate("model:small", due=OVER), CLOSED),
    ),
    Delivered("due: claim after winning its probe", record("queued"), ClaimIt(2, False, 0, (DUE,)), gates=(DUE,)),
    Delivered("due, no record: likewise", None, ClaimIt(0, True, 0, (DUE,)), generation=None, gates=(DUE,)),
    Delivered("closed, but ended: end", record("dead"), End("already dead"), gates=(CLOSED,)),
    Delivered(
        "closed, but not due: defer until the job's due time",
        record("waiting", due=later(10)),
        Defer(later(10), "not due yet"),
        gates=(CLOSED,),
    ),
]

SUSPECTS = [
    Delivered("claim over without an ending: the claim counts a crash", running(OVER), ClaimIt(2, False, 1)),
    Delivered("claim that ends this instant is over", running(NOW), ClaimIt(2, False, 1)),
    Delivered("a second crash", running(OVER, crashes=1), ClaimIt(2, False, 2)),
    Delivered("crashed before, now waiting: no further crash", record("waiting", crashes=1), ClaimIt(2, False, 1)),
    Delivered("slot taken: wait for it", running(OVER), AwaitSlot(), slot_free=False),
    Delivered("slot taken, crashed before: wait for it", record("waiting", crashes=1), AwaitSlot(), slot_free=False),
    Delivered("slot taken, a fresh job runs beside", record("queued"), ClaimIt(2, False, 0), slot_free=False),
    Delivered(
        "slot taken, a new generation is no suspect", running(OVER, crashes=5), ClaimIt(3, True, 0), 3, slot_free=False
    ),
    Delivered("gate before slot", running(OVER), _defer_gate, gates=(CLOSED,), slot_free=False),
    Delivered("slot before probe", running(OVER), AwaitSlot(), gates=(DUE,), slot_free=False),
    Delivered("slot, then probe", running(OVER), ClaimIt(2, False, 1, (DUE,)), gates=(DUE,)),
    Delivered("the fifth crash is claimed", running(OVER, crashes=4), ClaimIt(2, False, 5)),
    Delivered("the sixth crash is the end", running(OVER, crashes=5), Die(2, 6)),
    Delivered("the sixth crash, before the gate is asked", running(OVER, crashes=5), Die(2, 6), gates=(CLOSED,)),
    Delivered("the sixth crash, before the slot is asked", running(OVER, crashes=5), Die(2, 6), slot_free=False),
    Delivered("the sixth crash, by a message without generation", running(OVER, crashes=5), Die(2, 6), None),
    Delivered("five crashes and waiting: not the end", record("waiting", crashes=5), ClaimIt(2, False, 5)),
    Delivered("five crashes, newer message: starts anew", running(OVER, crashes=5), ClaimIt(3, True, 0), 3),
]


@pytest.mark.parametrize("case", [*ROWS, *GATES, *SUSPECTS], ids=lambda case: case.says)
def test_a_delivery_is_decided_by_the_first_line_that_fits(case: Delivered) -> None:
    decision = decide(
        case.record,
        generation=case.generation,
        put_at=case.put_at,
        gates=case.gates,
        slot_free=case.slot_free,
        policy=case.policy,
        now=NOW,
        asked=case.asked,
    )

    assert decision == case.then


def test_only_a_claim_of_a_job_that_crashed_is_a_suspects() -> None:
    assert ClaimIt(0, False, 1).suspect
    assert not ClaimIt(0, True, 0).suspect
