"""Why isn't a job running, and when will it? Each state that a job can be in is a case."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from operations.explanations import Explanation, Surroundings, explained
from shared import clock
from shared.errors import Permanent, RateLimited, Transient
from shared.jobs import transitions
from shared.jobs.gates import Gate
from shared.jobs.kinds import Registry
from shared.jobs.record import Record
from shared.jobs.worker_heartbeats import HostSeen
from tests.unit.jobs.build import NOW, gate, kind, later, record

SLOW = transitions.reason_of("errand", Transient("no answer", code="timeout"))
LIMITED = transitions.reason_of("errand", RateLimited("slow down", code="rate_limited", dependency="model:small"))
GONE = transitions.reason_of("errand", Permanent("it is gone", code="item_gone"))
HERE, NEVER = HostSeen(later(-3), 1), HostSeen(None, 0)
CLOSED, ENDLESS = gate(due=later(90)), gate()
FAILED = "attempt 1 of 5 failed: timeout: no answer"


def made(change: Any, *arguments: Any, seconds: float = -30, **more: Any) -> Record:
    """Return a record after `change` was done to it so many seconds from now."""
    with clock.running_on(lambda: later(seconds)):
        changed: Record = change(*arguments, **more)
        return changed


def failed(wait: float) -> Record:
    """Return a job whose first attempt failed 30 s ago, and which waits for so many seconds from then."""
    return made(transitions.retrying, record("running"), SLOW, timedelta(seconds=wait))


@dataclass(frozen=True)
class Case:
    """A job, what surrounds it, and what is to be said."""

    says: str
    job: Record
    then: Explanation
    gates: tuple[Gate, ...] = ()
    host: HostSeen = field(default=HERE)


HELD = made(transitions.held, record("running"), LIMITED, later(600), "model:small")
MODEL = gate("model:small", due=later(600), reason="RateLimited: slow down", by="job a")
CASES = [
    Case("a worker has it", record("running"), Explanation("running", "a worker has it, attempt 1 of 5")),
    Case(
        "a worker has it again",
        replace(failed(5), status="running", claim=record("running").claim),
        Explanation("running", f"a worker has it, attempt 2 of 5; {FAILED}"),
    ),
    Case("its turn is to come", record("queued"), Explanation("turn", "waits for its turn")),
    Case("its turn is to come again", failed(5), Explanation("turn", f"waits for its turn; {FAILED}")),
    Case(
        "held before its first claim",
        record("queued"),
        Explanation(
            "gate_closed", "gate queue:errand-jobs is closed, by ops: down for repair", later(90), "queue:errand-jobs"
        ),
        gates=(CLOSED,),
    ),
    Case(
        "held until somebody opens the gate",
        record("queued"),
        Explanation(
            "gate_closed",
            "gate queue:errand-jobs is closed until somebody opens it, by ops: down for repair",
            None,
            "queue:errand-jobs",
        ),
        gates=(ENDLESS,),
    ),
    Case(
        "held by the gate that it closed itself",
        HELD,
        Explanation(
            "gate_closed", "gate model:small is closed, by job a: RateLimited: slow down", later(600), "model:small"
        ),
        gates=(MODEL,),
    ),
    Case(
        "held by a gate that others opened",
        HELD,
        Explanation("gate_closed", "a gate held it back: rate_limited: slow down", later(600), "model:small"),
    ),
    Case(
        "one job tries the gate",
        record("queued"),
        Explanation("gate_probed", "one job tries gate queue:errand-jobs now", later(10), "queue:errand-jobs"),
        gates=(gate(due=later(200), probed=True),),
    ),
    Case(
        "a gate that is due holds nobody",
        record("queued"),
        Explanation("turn", "waits for its turn"),
        gates=(gate(due=later(-1)),),
    ),
    Case("the next attempt is to come", failed(90), Explanation("next_attempt", FAILED, later(60))),
    Case(
        "its next look is to come",
        made(transitions.continued, record("running"), timedelta(seconds=60)),
        Explanation("next_look", "its last look ended well; the next one is to come", later(30)),
    ),
    Case(
        "the store failed",
        made(transitions.released, record("running"), "store failed", timedelta(seconds=60)),
        Explanation("released", "store failed; it goes on then", later(30)),
    ),
    Case(
        "nobody is there",
        record("queued"),
        Explanation("no_host", "no host seen for 50 s"),
        host=HostSeen(later(-50), 0),
    ),
    Case(
        "nobody was ever there",
        failed(5),
        Explanation("no_host", f"no host has been seen yet; {FAILED}"),
        host=NEVER,
    ),
    Case(
        "its worker died",
        replace(record("running", rescue_at=later(30)), claim=replace(record("running").claim, until=later(-30))),  # type: ignore[type-var]
        Explanation("worker_died", "its worker died (crash 1 of 6); it is claimed anew", later(30)),
    ),
    Case(
        "its message is gone",
        record("queued", rescue_at=later(-120)),
        Explanation("overdue", "its message is overdue since 2 m; rescue sends it again", later(-120)),
    ),
    Case(
        "a clock that was ahead wrote its due time",
        record("waiting", due=later(90_000), updated_at=later(90_000)),
        Explanation("turn", "waits for its turn"),
    ),
    Case("a kind of another version", record("queued", kind="chore"), Explanation(
        "kind_unknown", "this version of the app has no kind 'chore'")),
    Case("completed at once", made(transitions.completed, record("running")), Explanation("ended", None)),
    Case(
        "completed at the second attempt",
        made(transitions.completed, failed(5)),
        Explanation("ended", "before that: timeout: no answer"),
    ),
    Case("dead", made(transitions.dead, record("running"), GONE), Explanation(
        "ended", "item_gone (Permanent): it is gone")),
    Case(
        "cancelled",
        made(transitions.ended_by, record("queued"), "cancelled", by="cli:ada", why="a mistake"),
        Explanation("ended", "by cli:ada: a mistake"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_a_job_is_explained_by_the_first_thing_that_keeps_it(case: Case) -> None:
    kinds = Registry([kind(dependencies=("model:small",))])
    around = Surroundings(kinds, {one.name: one for one in case.gates}, case.host, NOW)

    assert explained(case.job, around) == case.then


@pytest.mark.parametrize(
    "change",
    [
        lambda job: job,
        lambda job: transitions.released(job),
        lambda job: transitions.woken(job),
        lambda job: transitions.let_go(job, gate="model:small", by="ada"),
        lambda job: transitions.completed(job),
        lambda job: transitions.dead(job, GONE),
        lambda job: replace(job, status="running", claim=record("running").claim),
        lambda job: replace(job, status="running", claim=None),
    ],
    ids=["waiting", "released", "woken", "let go", "completed", "dead", "running", "abandoned"],
)
@pytest.mark.parametrize("host", [HERE, NEVER], ids=["a host is there", "no host"])
@pytest.mark.parametrize("wait", [5.0, 600.0], ids=["due", "not due"])
def test_why_is_never_blank_for_a_job_that_has_failed_once(change: Any, host: HostSeen, wait: float) -> None:
    around = Surroundings(Registry([kind()]), {}, host, NOW)

    assert explained(made(change, failed(wait), seconds=-1), around).why


def test_an_instant_of_explanations_is_now_or_to_come_but_for_what_is_overdue() -> None:
    ahead: list[datetime] = [case.then.until for case in CASES if case.then.until and case.then.code != "overdue"]

    assert min(ahead) >= NOW
