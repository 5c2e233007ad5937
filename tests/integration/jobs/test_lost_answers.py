"""What if a write was done and its answer got lost? It is recognised by what it wrote, and not done twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.errors import Permanent, RateLimited, Transient
from shared.jobs.kinds import Job, Next
from tests.integration.jobs.worlds import Doing, MovingClock, world

ERRAND = '{"name": "a"}'


@pytest.mark.parametrize(
    ("doing", "write", "what"),
    [
        (None, "job running", "completed"),
        (None, "job completed", "completed"),
        (Next(timedelta(seconds=5)), "job waiting", "next"),
        (Transient("busy"), "job waiting", "retry"),
        (Permanent("gone"), "job dead", "dead"),
    ],
    ids=["claim", "completion", "next", "retry", "death"],
)
@pytest.mark.parametrize("repeat_fails", [False, True], ids=["then it answers", "then it fails once more"])
@pytest.mark.usefixtures("time")
async def test_a_change_whose_answer_got_lost_counts_as_done_once(
    doing: Doing, write: str, what: str, repeat_fails: bool
) -> None:
    of = world()
    of.handling.does["a"] = doing
    of.documents.fail(write, "lost", times=1)
    if repeat_fails:
        of.documents.fail(write, "down", times=1)

    outcome = await of.handle(ERRAND)

    assert outcome.what == what
    assert of.handling.handled("a") == 1
    assert of.log.count(write) == 1
    assert len((await of.job("a")).timeline) == 2


async def test_a_claim_whose_answer_got_lost_on_an_existing_record_is_recognised(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Transient("busy")
    await of.handle(ERRAND)
    of.handling.does["a"] = None
    of.documents.fail("job running", "lost", times=1)
    time.advance(10)

    assert (await of.deliver()).what == "completed"
    assert of.handling.handled("a") == 2


@pytest.mark.usefixtures("time")
async def test_another_workers_record_is_never_taken_for_the_own() -> None:
    of = world()
    await of.abandoned("a", claim_ends_in=60)

    outcome = await of.handle(ERRAND)

    assert (outcome.what, of.handling.calls) == ("deferred", [])


async def test_a_next_that_was_sent_but_not_recorded_is_sent_again_and_looked_at_once(time: MovingClock) -> None:
    async def next_then_done(job: Job) -> Next | None:
        return Next(timedelta(seconds=5)) if job.generation == 0 else None

    of = world()
    of.handling.does["a"] = next_then_done
    of.documents.fail("job waiting")
    await of.handle(ERRAND)  # the message of generation 1 is out, the record says nothing of it
    of.documents.heal()
    time.advance(61)

    outcomes = [await of.deliver()]
    time.advance(5)
    outcomes += [await of.deliver(), await of.deliver()]

    assert [outcome.what for outcome in outcomes] == ["next", "completed", "ended"]
    assert of.handling.calls == [("a", 0, 1), ("a", 0, 1), ("a", 1, 1)]


@pytest.mark.usefixtures("time")
async def test_a_gate_whose_closing_got_no_answer_is_closed_all_the_same() -> None:
    of = world()
    of.documents.fail("gate closed", "lost", times=1)
    of.handling.does["a"] = RateLimited("slow", dependency="model:small", retry_after=timedelta(seconds=90))
    outcome = await of.handle(ERRAND)

    assert outcome.what == "store_failed"
    assert [gate.name for gate in await of.runtime.gates.all()] == ["model:small"]
