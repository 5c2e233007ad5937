"""How does one state of a job follow from another? Each row of the endings, and each rule of the ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.errors import Permanent, Transient
from shared.jobs import transitions
from shared.jobs.record import TIMELINE_LENGTH, Claim, Record
from tests.unit.jobs.build import NOW, kind, later, record

REASON = transitions.reason_of("errand", Permanent("no such errand", code="gone"))
SEEN = {"id": "7", "putAt": "2026-11-23T08:59:00.000Z", "dequeueCount": 3}
RUNNING = record("running", attempts=2, crashes=1)

ENDS: dict[str, Callable[[Record], Record]] = {
    "completed": transitions.completed,
    "dead": lambda job: transitions.dead(job, REASON),
    "cancelled": lambda job: transitions.ended_by(job, "cancelled", by="ops", why=None),
    "discarded": lambda job: transitions.ended_by(job, "discarded", by="ops", why=None),
}


def claim(job: Record, generation: int, crashes: int, payload: dict[str, str] | None) -> Record:
    return transitions.claimed(
        job,
        generation=generation,
        crashes=crashes,
        claim=Claim("mine", later(60)),
        payload=payload,
        seen=SEEN,
        traceparent=None,
    )


@pytest.mark.parametrize("status", ["dead", "cancelled", "discarded"])
def test_every_end_but_completion_raises_the_generation(status: str) -> None:
    assert ENDS[status](RUNNING).generation == RUNNING.generation + 1


def test_completion_keeps_the_generation() -> None:
    assert ENDS["completed"](RUNNING).generation == RUNNING.generation


@pytest.mark.parametrize("status", list(ENDS))
def test_every_end_removes_the_claim_and_what_would_wake_the_job(status: str) -> None:
    ended = ENDS[status](RUNNING)

    assert (ended.status, ended.ended_at) == (status, NOW)
    assert (ended.claim, ended.due, ended.rescue_at, ended.rescue_distance) == (None, None, None, None)
    assert ended.unfinished_since is None


def test_completed_sets_crashes_to_none() -> None:
    assert transitions.completed(RUNNING).crashes == 0


def test_next_waits_as_the_next_generation_which_begins_anew() -> None:
    waiting = transitions.continued(RUNNING, timedelta(seconds=5))

    assert (waiting.status, waiting.generation, waiting.due) == ("waiting", RUNNING.generation + 1, later(5))
    assert (waiting.generation_began, waiting.attempts, waiting.crashes, waiting.claim) == (NOW, 0, 0, None)
    assert waiting.payload == RUNNING.payload


def test_a_transient_failure_spends_an_attempt_and_waits() -> None:
    waiting = transitions.retrying(RUNNING, REASON, timedelta(seconds=20))

    assert (waiting.status, waiting.attempts, waiting.due) == ("waiting", RUNNING.attempts + 1, later(20))
    assert (waiting.generation, waiting.claim) == (RUNNING.generation, None)


def test_a_transient_failure_is_an_orderly_ending_that_clears_crashes() -> None:
    assert transitions.retrying(RUNNING, REASON, timedelta()).crashes == 0


def test_a_held_job_spends_no_attempt_and_keeps_its_crashes() -> None:
    waiting = transitions.held(RUNNING, REASON, later(90))

    assert (waiting.status, waiting.due, waiting.claim) == ("waiting", later(90), None)
    assert (waiting.attempts, waiting.crashes, waiting.generation) == (2, 1, RUNNING.generation)


def test_a_released_job_is_due_now_and_spends_nothing() -> None:
    waiting = transitions.released(RUNNING)

    assert (waiting.status, waiting.due, waiting.claim) == ("waiting", NOW, None)
    assert (waiting.attempts, waiting.crashes, waiting.generation) == (2, 1, RUNNING.generation)


def test_a_spent_attempt_counts_in_the_dead_letter() -> None:
    assert transitions.dead(RUNNING, REASON, spent=True).attempts == RUNNING.attempts + 1
    assert transitions.dead(RUNNING, REASON).attempts == RUNNING.attempts


def test_a_dead_letter_says_why_and_since_when() -> None:
    first = transitions.retrying(RUNNING, REASON, timedelta())
    dead = transitions.dead(first, REASON)

    assert (dead.reason, dead.first_failed_at, dead.last_failed_at) == (REASON, NOW, NOW)


def test_a_copy_that_the_host_gave_up_on_dies_as_its_own_generation() -> None:
    assert transitions.dead(record("queued"), REASON, generation=5).generation == 6


def test_a_claim_goes_on_with_the_records_payload_and_attempts() -> None:
    running = claim(record("waiting", attempts=2), 2, 0, None)

    assert (running.status, running.attempts, running.payload) == ("running", 2, {"name": "job-1"})
    assert (running.claim, running.due, running.message) == (Claim("mine", later(60)), None, SEEN)


def test_a_claim_as_a_new_generation_begins_anew_with_the_messages_payload() -> None:
    running = claim(record("dead", attempts=4, crashes=3, reason=REASON), 3, 0, {"name": "other"})

    assert (running.generation, running.generation_began, running.payload) == (3, NOW, {"name": "other"})
    assert (running.attempts, running.crashes, running.reason, running.ended_at) == (0, 0, None, None)


def test_a_claim_over_a_dead_claim_writes_the_crash() -> None:
    assert claim(record("running"), 2, 1, None).crashes == 1


def test_a_renewal_moves_the_claims_end_and_nothing_else_that_counts() -> None:
    renewed = transitions.renewed(RUNNING, later(90))

    assert renewed.claim == Claim("token", later(90))
    assert renewed.rescue_at == later(90) + transitions.RESCUE_RUNNING
    assert (renewed.timeline, renewed.attempts, renewed.generation) == (RUNNING.timeline, 2, RUNNING.generation)


def test_a_running_job_is_rescued_a_minute_after_its_claim() -> None:
    assert claim(record("queued"), 2, 0, None).rescue_at == later(60 + 60)


def test_queued_and_waiting_jobs_are_rescued_a_quarter_of_an_hour_after_their_time() -> None:
    queued = transitions.new_queued(kind(), RUNNING.key, {"name": "a"}, by="me", traceparent=None)
    waiting = transitions.retrying(RUNNING, REASON, timedelta(seconds=20))

    assert (queued.rescue_at, waiting.rescue_at) == (later(15 * 60), later(20 + 15 * 60))


def test_a_job_is_unfinished_since_it_was_asked_for_whatever_happens_until_it_ends() -> None:
    queued = transitions.new_queued(kind(), RUNNING.key, {"name": "a"}, by="me", traceparent=None)
    asked = later(-7200)
    running = record("running", unfinished_since=asked)

    assert queued.unfinished_since == NOW
    assert transitions.requeued(ENDS["dead"](running), {}, by="ops", what="replayed").unfinished_since == NOW
    for still in (
        claim(running, 3, 1, {"name": "b"}),
        transitions.renewed(running, later(90)),
        transitions.continued(running, timedelta(days=1)),
        transitions.retrying(running, REASON, timedelta(seconds=20)),
        transitions.held(running, REASON, later(60)),
        transitions.released(running),
        transitions.woken(running),
        transitions.let_go(running, gate="g", by="ops"),
    ):
        assert still.unfinished_since == asked


def test_a_job_that_a_message_asks_for_is_unfinished_since_the_queue_got_that() -> None:
    new = Record(RUNNING.key, "errand", "errand-jobs", "queued", NOW, NOW)

    assert claim(new, 0, 0, {"name": "a"}).unfinished_since == later(-60)
    assert claim(record("completed"), 3, 0, {"name": "a"}).unfinished_since == later(-60)


def test_a_live_record_of_an_older_app_says_since_when_it_is_unfinished_once_it_is_written() -> None:
    old = record("waiting")

    assert transitions.woken(old).unfinished_since == old.generation_began
    assert claim(old, 2, 0, None).unfinished_since == old.generation_began


def test_a_rescue_doubles_its_distance_up_to_four_hours() -> None:
    job, distances = record("queued", rescue_at=NOW, rescue_distance=timedelta(minutes=15)), []
    for _ in range(6):
        job = transitions.woken(job)
        assert job.rescue_distance is not None
        assert job.rescue_at == NOW + job.rescue_distance
        distances.append(job.rescue_distance / timedelta(minutes=1))

    assert distances == [30, 60, 120, 240, 240, 240]


def test_a_replay_is_queued_as_the_next_generation_and_remembers_the_cause() -> None:
    dead = transitions.dead(RUNNING, REASON)
    queued = transitions.requeued(dead, {"name": "mended"}, by="ops", what="replayed")

    assert (queued.status, queued.generation, queued.payload) == ("queued", dead.generation + 1, {"name": "mended"})
    assert (queued.attempts, queued.crashes, queued.reason, queued.replays) == (0, 0, None, (REASON.cause,))


def test_asking_anew_is_no_replay() -> None:
    dead = transitions.dead(RUNNING, REASON)

    assert transitions.requeued(dead, {"name": "a"}, by="me", what="queued").replays == ()


def test_the_timeline_keeps_its_newest_fifty_events() -> None:
    job = record("queued")
    for _ in range(TIMELINE_LENGTH + 5):
        job = transitions.woken(job)
    ended = transitions.completed(job)

    assert len(ended.timeline) == TIMELINE_LENGTH == 50
    assert ended.timeline[-1]["what"] == "completed"


def test_failures_that_differ_only_in_numbers_and_names_share_a_cause() -> None:
    one = transitions.reason_of("errand", Transient("blob 'a.png' failed after 31 s", code="slow"))
    two = transitions.reason_of("errand", Transient("blob 'b.png' failed after 44 s", code="slow"))

    assert one.cause == two.cause


@pytest.mark.parametrize(
    "other",
    [
        transitions.reason_of("errand", Transient("slow", code="other")),
        transitions.reason_of("errand", Permanent("slow", code="slow")),
        transitions.reason_of("errand", Transient("slow", code="slow", dependency="blob")),
        transitions.reason_of("parcel", Transient("slow", code="slow")),
        transitions.reason_of("errand", Transient("down", code="slow")),
    ],
    ids=["code", "class", "dependency", "kind", "text"],
)
def test_failures_that_differ_in_what_matters_have_causes_of_their_own(other: transitions.Reason) -> None:
    assert transitions.reason_of("errand", Transient("slow", code="slow")).cause != other.cause
