"""Why is a job where it is, and what happens next? Each state that a job can be in is a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from operations.explain import jobs, messages
from operations.explain.answer import Answer, Attempts
from operations.explain.jobs import JobFacts
from operations.explain.messages import MessageFacts
from operations.explain.timer_trouble import Beat
from operations.explain.traffic import Traffic
from shared import clock
from shared.jobs import transitions
from shared.jobs.gates import Gate
from shared.jobs.held_messages import HeldMessage
from shared.jobs.record import Claim, JobKey, Record
from shared.jobs.worker_heartbeats import HostSeen
from shared.queues.port import Delivery
from tests.unit.jobs.build import gate, kind, later, record
from tests.unit.operations.explain.build import (
    AWAY,
    BUDGET,
    BY_HAND,
    GONE,
    HERE,
    LIMITED,
    MINUTE,
    MODEL,
    NEVER,
    SLOW,
    around,
    at,
    beat,
    failed,
    names,
    queued,
    told,
)


class Row(NamedTuple):
    """A job, what surrounds it, and what is told: a code, a text, and in how many seconds something happens."""

    name: str
    job: Record
    code: str
    text: str
    seconds: float | None = None
    gates: tuple[Gate, ...] = ()
    host: HostSeen = HERE
    rescuer: Beat = beat()


def claimed(seconds: float, lasts: float, **more: Any) -> Record:
    """Return a job that a worker began so many seconds from now, for so long."""
    claim = Claim("token", later(seconds + lasts))
    told: dict[str, Any] = {"generation": 2, "crashes": 0, "payload": None, "seen": {"id": "m", "dequeueCount": 1}}
    return at(seconds, transitions.claimed, record("queued"), claim=claim, traceparent=None, **{**told, **more})


HELD = at(-20, transitions.held, record("running"), LIMITED, later(20), "model:small")
DIED = claimed(-100, 60)
CRASHED = replace(queued(), crashes=2)
EXHAUSTED = replace(failed(90), attempts=4)
DEPLOY = gate(due=later(90))
WELL_429 = "model:small (closed at 08:59:40 for 40 s by job a: RateLimited: It says 429)"
FAILED = "failed at attempt 1 of 5: timeout: no answer"
ROWS = [
    Row("queued just now", queued(), "turn", "is queued since 08:58:00 and waits for its turn"),
    Row(
        "queued, and no host was ever seen",
        queued(),
        "no_host",
        "waits since 08:58:00, and nobody takes work: no host has been seen yet",
        host=NEVER,
    ),
    Row(
        "queued, and the host is gone",
        queued(),
        "no_host",
        "waits since 08:58:00, and nobody takes work: no host seen for 50 s",
        host=AWAY,
    ),
    Row(
        "its back-off is over",
        failed(5),
        "turn",
        f"waits for its turn since 08:59:35; {FAILED}; 4 of 5 attempts left",
    ),
    Row(
        "it backs off",
        failed(90),
        "next_attempt",
        f"waits since 08:59:30, as it {FAILED}; tries again at 09:01:00; 4 of 5 attempts left",
        60,
    ),
    Row(
        "one attempt is left",
        EXHAUSTED,
        "next_attempt",
        f"waits since 08:59:30, as it {FAILED}; tries again at 09:01:00; 1 of 5 attempts left",
        60,
    ),
    Row(
        "a gate that its own failure closed",
        HELD,
        "gate_limited",
        f"waits since 08:59:40 for gate {WELL_429}; looks again at 09:00:20",
        20,
        (MODEL,),
    ),
    Row(
        "a gate that others' failures closed",
        queued(),
        "gate_limited",
        f"waits since 08:58:00 for gate {WELL_429}; looks again at 09:00:20",
        20,
        (MODEL,),
    ),
    Row(
        "a gate that a wrong setting closed",
        queued(),
        "gate_misconfigured",
        "waits since 08:58:00 for gate model:small (closed at 08:59:40 for 40 s by job a: Misconfigured: It says 403); "
        "looks again at 09:00:20",
        20,
        (replace(MODEL, reason="Misconfigured: It says 403"),),
    ),
    Row(
        "a gate that an operator closed until somebody opens it",
        queued(),
        "gate_by_hand",
        "waits since 08:58:00 for gate queue:errand-jobs (closed at 08:50:00 by ops: down for repair); "
        "waits until somebody opens it",
        gates=(BY_HAND,),
    ),
    Row(
        "a gate that an operator closed for a while",
        queued(),
        "gate_by_hand",
        "waits since 08:58:00 for gate queue:errand-jobs (closed at 08:50:00 for 11 m 30 s by ops: down for repair); "
        "looks again at 09:01:30",
        90,
        (DEPLOY,),
    ),
    Row(
        "a budget that is spent",
        queued(),
        "gate_budget",
        "waits since 08:58:00 for gate budget:llm (closed at 08:50:00 for 15 h 10 m by job a: RateLimited: The day's "
        "budget is spent); looks again at 24 Nov 00:00",
        54_000,
        (BUDGET,),
    ),
    Row(
        "of two gates the one that is due last",
        queued(),
        "gate_by_hand",
        "waits since 08:58:00 for gate queue:errand-jobs (closed at 08:50:00 for 11 m 30 s by ops: down for repair); "
        "looks again at 09:01:30",
        90,
        (MODEL, DEPLOY),
    ),
    Row(
        "a gate that is open again",
        HELD,
        "gate_opened",
        "waits since 08:59:40, as gate model:small, which is open by now, held it back: rate_limited: slow down; "
        "looks again at 09:00:20",
        20,
    ),
    Row(
        "a gate that an older record doesn't name",
        at(-20, transitions.held, record("running"), LIMITED, later(20)),
        "held",
        "waits since 08:59:40, as a gate held it back: rate_limited: slow down; looks again at 09:00:20",
        20,
    ),
    Row(
        "a gate that another job tries",
        queued(),
        "gate_probed",
        "waits since 08:58:00 for gate model:small, which one job tries now; looks again at 09:00:10",
        10,
        (replace(MODEL, due=later(200), probed=True),),
    ),
    Row(
        "a gate that is due",
        queued(),
        "turn",
        "is queued since 08:58:00 and waits for its turn; its turn may be the one that tries gate model:small, which "
        "is due",
        gates=(replace(MODEL, due=later(-1)),),
    ),
    Row(
        "it runs",
        claimed(-20, 60),
        "running",
        "runs since 08:59:40, attempt 1 of 5; its worker's claim lasts until 09:00:40 unless it is renewed",
        40,
    ),
    Row(
        "it runs, and may be a probe",
        claimed(-20, 60),
        "running",
        "runs since 08:59:40, attempt 1 of 5; it may be the job that tries gate model:small now; its worker's claim "
        "lasts until 09:00:40 unless it is renewed",
        40,
        (replace(MODEL, due=later(200), probed=True),),
    ),
    Row(
        "it runs as a suspect",
        claimed(-20, 60, crashes=2),
        "running",
        "runs since 08:59:40, attempt 1 of 5; its worker has died 2 times: it runs alone in the suspect slot, and ends "
        "at crash 6; its worker's claim lasts until 09:00:40 unless it is renewed",
        40,
    ),
    Row(
        "its worker died",
        DIED,
        "worker_died",
        "its worker died (crash 1 of 6), its claim is over since 08:59:20; RescueJobs wakes it within a minute of "
        "09:00:20; it runs again then, alone in the suspect slot",
        20,
    ),
    Row(
        "its worker died as often as it may",
        replace(DIED, crashes=5),
        "worker_died",
        "its worker died (crash 6 of 6), its claim is over since 08:59:20; RescueJobs wakes it within a minute of "
        "09:00:20; it ends then as a dead letter",
        20,
    ),
    Row(
        "its worker died, and RescueJobs is silent",
        DIED,
        "worker_died",
        "its worker died (crash 1 of 6), its claim is over since 08:59:20; RescueJobs would wake it, but RescueJobs "
        "has never fired; it runs again then, alone in the suspect slot",
        20,
        rescuer=Beat("RescueJobs", MINUTE, None),
    ),
    Row(
        "its worker died, and nobody else is there",
        DIED,
        "no_host",
        "was begun at 08:58:20, and its worker died; nobody takes work: no host seen for 50 s",
        host=AWAY,
    ),
    Row(
        "a suspect waits",
        CRASHED,
        "suspect",
        "waits for its turn since 08:58:00; its worker has died 2 times: it runs alone in the suspect slot, and ends "
        "at crash 6",
    ),
    Row(
        "its message is gone",
        replace(queued(-1100), rescue_at=later(-200)),
        "overdue",
        "its message is gone: it is overdue since 08:56:40; RescueJobs wakes it within a minute",
        0,
    ),
    Row(
        "its next look is to come",
        at(-30, transitions.continued, record("running"), MINUTE),
        "next_look",
        "waits since 08:59:30 for its next look: the last one ended well; looks again at 09:00:30",
        30,
    ),
    Row(
        "its worker was stopped",
        at(-30, transitions.released, record("running"), "stopping", MINUTE),
        "released",
        "waits since 08:59:30: its worker was stopped; goes on at 09:00:30",
        30,
    ),
    Row(
        "the store failed",
        at(-30, transitions.released, record("running"), "store failed", MINUTE),
        "released",
        "waits since 08:59:30: store failed; goes on at 09:00:30",
        30,
    ),
    Row(
        "its kind is of another version",
        replace(queued(), kind="chore"),
        "kind_unknown",
        "waits: this version of the app has no kind 'chore'",
    ),
    Row(
        "completed",
        at(-600, transitions.completed, record("running")),
        "completed",
        "completed at 08:50:00; nothing more happens to it by itself",
    ),
    Row(
        "completed at the second attempt",
        at(-10, transitions.completed, failed(5)),
        "completed",
        "completed at 08:59:50; before that: timeout: no answer; nothing more happens to it by itself",
    ),
    Row(
        "cancelled",
        at(-90_000, transitions.ended_by, record("queued"), "cancelled", by="cli:ada", why="a mistake"),
        "cancelled",
        "was cancelled at 22 Nov 08:00 by cli:ada: a mistake; nothing more happens to it by itself",
    ),
    Row(
        "a slot that was missed",
        at(-60, transitions.new_left_out, kind(), record().key, {}, code="slot_missed", why="too late", by="~"),
        "slot_missed",
        "was never to run, as was decided at 08:59:00: too late; nothing more happens to it by itself",
    ),
    Row(
        "a slot that was skipped",
        at(-60, transitions.skipped, record("running"), "its rule is inactive"),
        "slot_skipped",
        "was never to run, as was decided at 08:59:00: its rule is inactive; nothing more happens to it by itself",
    ),
    Row(
        "discarded",
        at(-60, transitions.ended_by, at(-90, transitions.dead, record("running"), GONE), "discarded", by="a", why="b"),
        "discarded",
        "was discarded at 08:59:00 by a: b; nothing more happens to it by itself",
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=names(ROWS))
def test_a_job_is_explained(row: Row) -> None:
    answer = jobs.answer_of(JobFacts(row.job, around(*row.gates, host=row.host), row.rescuer))

    assert told(answer) == (row.code, row.text, row.seconds)


def of(job: Record, *gates: Gate, depth: int | None = 215, ended: int | None = 1070, host: HostSeen = HERE) -> Answer:
    """Return what is told of a job whose queue holds and does so much."""
    return jobs.answer_of(JobFacts(job, around(*gates, host=host), beat(), Traffic(depth, ended)))


@pytest.mark.parametrize(
    ("depth", "ended", "text"),
    [
        (215, 1070, "about 214 messages ahead, about 2 m at the last ten minutes' rate"),
        (2, 20, "about 1 message ahead, about 30 s at the last ten minutes' rate"),
        (215, 0, "about 214 messages ahead, and nothing of its kind has ended in the last ten minutes"),
        (215, None, "about 214 messages ahead"),
        (1, 100, "nothing is ahead of it"),
        (0, 100, "nothing is ahead of it"),
        (None, 100, None),
    ],
)
def test_what_is_ahead_is_told_as_far_as_it_is_known(depth: int | None, ended: int | None, text: str | None) -> None:
    last = of(queued(), depth=depth, ended=ended).sentences[-1]

    assert last == (text or "is queued since 08:58:00 and waits for its turn")


def test_a_queue_that_stands_still_has_no_rate() -> None:
    assert of(queued(), BY_HAND).sentences[-1] == "about 214 messages ahead"
    assert of(queued(), host=NEVER).sentences[-1] == "about 214 messages ahead"


def test_what_is_ahead_means_nothing_to_a_job_that_runs_or_has_ended() -> None:
    for job in (claimed(-20, 60), at(-600, transitions.completed, record("running")), DIED):
        answer = of(job)

        assert (answer.ahead, answer.rate_per_minute) == (None, None)
        assert "ahead" not in answer.sentences[-1]


def test_programs_get_numbers() -> None:
    answer = of(failed(90))

    assert (answer.what, answer.id, answer.scope, answer.state) == ("job", "job-1", "ada", "waiting")
    assert (answer.attempts, answer.ahead, answer.rate_per_minute) == (Attempts(1, 4), 214, 107.0)
    assert of(HELD, MODEL).gate == "model:small"


def test_a_like_that_was_overtaken_says_by_which_job() -> None:
    done = at(-600, transitions.completed, record("running"))

    answer = jobs.answer_of(JobFacts(done, around(), beat(), superseded_by="job-2"))

    assert answer.code == "superseded"
    assert "job job-2 asked later for the same thing, so what that one says stands" in answer.sentences


@pytest.mark.parametrize(
    ("closed", "code", "text"),
    [
        (MODEL, "gate_limited", f"has no job yet: its message waits for gate {WELL_429}"),
        (None, "gate_opened", "has no job yet: gate model:small, which is open by now, held its message back"),
    ],
)
def test_a_message_that_a_gate_holds_back_is_explained_though_it_has_no_job(
    closed: Gate | None, code: str, text: str
) -> None:
    delivery = Delivery("errand-jobs", b"", "m-1", "receipt", 1, later(-30))
    held = HeldMessage("model:small", "errand", delivery, later(120), JobKey("ada", "job-9"))

    answer = messages.answer_of(MessageFacts(held, closed, later(0)))

    assert (answer.what, answer.id, answer.scope, answer.code) == ("message", "job-9", "ada", code)
    assert answer.sentences[0] == text
    assert answer.sentences[1:] == ("its message is in queue errand-jobs since 08:59:30", "looks again at 09:02:00")


@pytest.mark.parametrize(
    "change",
    [
        lambda job: job,
        lambda job: transitions.released(job),
        lambda job: transitions.woken(job),
        lambda job: transitions.let_go(job, gate="model:small", by="ada"),
        lambda job: transitions.held(job, SLOW, later(50)),
        lambda job: transitions.completed(job),
        lambda job: replace(job, status="running", claim=Claim("t", later(30))),
        lambda job: replace(job, status="running", claim=None),
    ],
)
@pytest.mark.parametrize("host", [HERE, NEVER], ids=["a host is there", "no host"])
@pytest.mark.parametrize("wait", [5.0, 600.0], ids=["due", "not due"])
def test_something_is_told_of_any_job(change: Any, host: HostSeen, wait: float) -> None:
    job = at(-1, change, failed(wait))

    answer = jobs.answer_of(JobFacts(job, around(BY_HAND, MODEL, host=host), beat()))

    assert answer.sentences
    assert all(answer.sentences)


def test_a_clock_that_was_ahead_does_not_hold_a_job() -> None:
    job = record("waiting", due=later(90_000), updated_at=later(90_000))

    assert told(jobs.answer_of(JobFacts(job, around(), beat())))[0] == "turn"


def test_an_instant_of_another_year_is_told_by_its_date() -> None:
    long_ago = clock.to_text(later(-timedelta(days=400).total_seconds()))
    job = replace(queued(), timeline=({"at": long_ago, "what": "queued"},))

    assert jobs.answer_of(JobFacts(job, around(), beat())).sentences[0].startswith("is queued since 2025-10-19")
