"""What does a producer of ours write and answer?"""

from __future__ import annotations

from datetime import datetime

import pytest

from shared import clock
from shared.documents.containers import JOBS
from shared.errors import Permanent, Transient, Unavailable
from shared.jobs.kinds import Job, Next
from shared.jobs.messages import BadMessage
from shared.jobs.producer import Answer
from tests.integration.jobs.worlds import Doing, MovingClock, WatchedWorld, world
from tests.jobs_world import QUEUE, Errand

A = {"name": "a"}


async def ask(of: WatchedWorld) -> Answer:
    """Enqueue errand a."""
    return await of.producer.enqueue(of.kind, A, by="ada")


async def test_a_job_is_sent_first_then_recorded_then_answered(time: MovingClock) -> None:
    of = world()

    answer = await ask(of)
    queued = await of.job("a")

    assert (answer.what, answer.status, answer.generation) == ("accepted", "queued", 0)
    assert of.log == ["send", "job queued"]
    assert of.queues.sent == [{"name": "a", "do": "ok", "generation": 0}]
    assert (queued.status, queued.generation_began) == ("queued", time.now)
    assert queued.timeline[0]["by"] == "ada"


async def test_an_enqueued_job_completes(time: MovingClock) -> None:
    of = world()
    await ask(of)

    assert (await of.deliver()).what == "completed"


@pytest.mark.parametrize(("after", "what"), [(179, "duplicate"), (180, "accepted")])
async def test_a_repeat_of_a_queued_job_is_a_duplicate_for_180_seconds(
    after: float, what: str, time: MovingClock
) -> None:
    of = world()
    await ask(of)
    of.log.clear()
    time.advance(after)

    answer = await ask(of)

    assert (answer.what, answer.status, answer.generation) == (what, "queued", 0)
    assert of.log == ([] if what == "duplicate" else ["send"])


@pytest.mark.parametrize(("after", "what"), [(179, "duplicate"), (180, "accepted")])
async def test_a_repeat_of_a_waiting_job_is_a_duplicate_for_180_seconds(
    after: float, what: str, time: MovingClock
) -> None:
    of = world()
    of.handling.does["a"] = Transient("busy")
    await ask(of)
    await of.deliver()
    time.advance(after)

    answer = await ask(of)

    assert (answer.what, answer.generation) == (what, 0)


async def test_a_repeat_of_a_running_job_is_a_duplicate(time: MovingClock) -> None:
    of = world()
    answers = []

    async def ask_again(job: Job) -> Next | None:
        answers.append(await ask(of))
        return None

    of.handling.does["a"] = ask_again
    await ask(of)
    await of.deliver()

    assert [(answer.what, answer.status) for answer in answers] == [("duplicate", "running")]


@pytest.mark.parametrize(("after", "what", "generation"), [(3599, "duplicate", 0), (3600, "accepted", 1)])
async def test_a_repeat_of_a_completed_job_is_a_duplicate_for_an_hour_then_the_next_generation(
    after: float, what: str, generation: int, time: MovingClock
) -> None:
    of = world()
    await ask(of)
    await of.deliver()
    time.advance(after)

    answer = await ask(of)

    assert (answer.what, answer.generation) == (what, generation)
    assert of.handling.handled("a") == 1
    if what == "accepted":
        assert (await of.job("a")).status == "queued"
        assert (await of.deliver()).what == "completed"


@pytest.mark.parametrize(("end", "generation"), [("dead", 2), ("cancelled", 2), ("discarded", 3)])
async def test_a_repeat_of_a_job_that_ended_otherwise_is_accepted_at_once(
    end: str, generation: int, time: MovingClock
) -> None:
    of = world()
    of.handling.does["a"] = Permanent("gone")
    await ask(of)
    if end == "cancelled":
        held = await of.records.get((await of.job("a")).key)
        assert held is not None
        await of.interventions.cancel(held)
    await of.deliver()
    if end == "discarded":
        held = await of.records.get((await of.job("a")).key)
        assert held is not None
        await of.interventions.discard(held)
    of.handling.does["a"] = None

    answer = await ask(of)

    assert (answer.what, answer.generation) == ("accepted", generation)
    assert (await of.deliver()).what == "completed"


async def test_a_producer_that_dies_after_sending_has_its_job_done(time: MovingClock) -> None:
    of = world()
    of.documents.fail("job queued")
    with pytest.raises(Unavailable):
        await ask(of)
    of.documents.heal()

    assert (await of.deliver()).what == "completed"


async def test_a_producer_whose_message_could_not_be_sent_leaves_no_record(time: MovingClock) -> None:
    of = world()
    of.queues.down = True

    with pytest.raises(Unavailable):
        await ask(of)
    assert await of.documents.count(JOBS) == 0


async def test_a_worker_that_is_quicker_than_the_producer_keeps_its_record(time: MovingClock) -> None:
    of = world()
    send = of.queues.send

    async def send_and_be_overtaken(queue: str, body: str, **more: object) -> str:
        number = await send(queue, body)
        await of.deliver()
        return number

    of.queues.send = send_and_be_overtaken  # type: ignore[method-assign,assignment]
    answer = await ask(of)

    assert answer.what == "accepted"
    assert (await of.job("a")).status == "completed"


async def test_an_invalid_payload_is_refused_and_nothing_is_sent(time: MovingClock) -> None:
    of = world()

    with pytest.raises(BadMessage) as bad:
        await of.producer.enqueue(of.kind, {"do": 5}, by="ada")
    assert {place["at"] for place in bad.value.places} == {"name", "do"}
    assert of.log == []


@pytest.mark.parametrize("doing", [None, Permanent("gone")], ids=["completed", "dead"])
async def test_a_message_put_by_any_tool_within_5_seconds_of_the_end_is_a_repeat(
    doing: Doing, time: MovingClock
) -> None:
    of = world()
    of.handling.does["a"] = doing
    await of.handle('{"name": "a"}')
    time.advance(4)

    assert (await of.handle('{"name": "a"}')).what == "ended"


async def test_putting_the_payload_again_by_any_tool_asks_a_dead_job_anew(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Permanent("gone")
    await of.handle('{"name": "a"}')
    of.handling.does["a"] = None
    time.advance(5)

    outcome = await of.handle('{"name": "a"}')

    assert (outcome.what, outcome.generation) == ("completed", 2)
    assert await of.queues.depth(QUEUE) == 0


def _not_after(errand: Errand, put_at: datetime) -> Errand:
    return errand.model_copy(update={"do": clock.to_text(min(clock.parse(errand.do), put_at))})


@pytest.mark.parametrize(
    ("given", "clamped"),
    [
        ("9999-12-31T00:00:00Z", ("do",)),
        ("2026-11-23T09:00:00.001Z", ("do",)),
        ("2026-11-23T10:00:00+01:00", ()),
        ("2026-11-01T00:00:00Z", ()),
    ],
)
async def test_the_answer_says_which_instant_was_ahead_and_counts_as_now(
    time: MovingClock, given: str, clamped: tuple[str, ...]
) -> None:
    of = world(settle=_not_after)

    first = await of.producer.enqueue(of.kind, {"name": "a", "do": given}, by="ada")
    again = await of.producer.enqueue(of.kind, {"name": "a", "do": given}, by="ada")

    assert (first.what, first.clamped, again.what, again.clamped) == ("accepted", clamped, "duplicate", clamped)
    assert of.queues.sent[0]["do"] <= clock.text_now()
