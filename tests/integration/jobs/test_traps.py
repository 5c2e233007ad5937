"""Do the traps of earlier systems stay shut? One test for each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.errors import Misconfigured, Permanent, RateLimited, Transient, Unavailable
from shared.jobs.kinds import Job, Next
from tests.integration.jobs.worlds import POISON, Killed, MovingClock, world
from tests.jobs_world import QUEUE

ERRAND = '{"name": "a"}'
OURS = '{"name": "a", "generation": 0}'
pytestmark = pytest.mark.usefixtures("time")


async def test_an_in_flight_mark_does_not_make_the_consumer_drop_its_own_job() -> None:
    of = world()
    await of.producer.enqueue(of.kind, {"name": "a"}, by="ada")

    outcome = await of.deliver()

    assert (outcome.what, of.handling.handled("a")) == ("completed", 1)


async def test_a_redelivery_to_the_same_worker_goes_on_with_its_own_job(time: MovingClock) -> None:
    of = world()
    of.documents.fail("job completed")
    await of.handle(ERRAND)
    of.documents.heal()
    time.advance(61)

    assert (await of.deliver()).what == "completed"


async def test_a_dead_lettered_state_does_not_make_replay_a_no_op() -> None:
    of = world()
    of.handling.does["a"] = Permanent("gone")
    await of.handle(ERRAND)
    of.handling.does["a"] = None
    dead = await of.records.get((await of.job("a")).key)
    assert dead is not None

    await of.interventions.replay(dead)
    await of.deliver()

    assert of.handling.handled("a") == 2
    assert (await of.job("a")).status == "completed"


async def test_a_models_error_is_not_swallowed_into_an_empty_result() -> None:
    of = world()
    of.handling.does["a"] = RateLimited("slow", dependency="model:small")

    outcome = await of.handle(ERRAND)

    assert outcome.what == "held"
    assert "effect" not in of.log
    assert (await of.job("a")).status == "waiting"


async def test_retries_do_not_come_in_a_burst(time: MovingClock) -> None:
    of = world()
    names = [f"e{number}" for number in range(50)]
    for name in names:
        of.handling.does[name] = Transient("busy")
        await of.handle(f'{{"name": "{name}"}}')
    dues = sorted([(await of.job(name)).due or time.now for name in names])

    assert (dues[-1] - dues[0]).total_seconds() > 0.5
    assert len(set(dues)) > 40


async def test_a_redelivery_inside_the_dedupe_window_is_not_taken_for_a_duplicate(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Transient("busy")
    await of.producer.enqueue(of.kind, {"name": "a"}, by="ada")
    await of.deliver()
    of.handling.does["a"] = None
    time.advance(10)  # well inside the 180 s

    assert (await of.deliver()).what == "completed"


async def test_one_pictures_403_is_not_taken_for_a_bad_key() -> None:
    of = world()
    of.handling.does["a"] = Permanent("the picture's address answers 403", code="denied", dependency="content")

    await of.handle(ERRAND)

    assert await of.runtime.gates.all() == []
    assert (await of.handle('{"name": "b"}')).what == "completed"


async def test_a_bad_key_is_not_taken_for_a_bad_picture() -> None:
    of = world()
    of.handling.does["a"] = Misconfigured("the key is wrong (401)", dependency="model:small")

    await of.handle(ERRAND)

    assert (await of.job("a")).status == "waiting"
    assert [gate.name for gate in await of.runtime.gates.all()] == ["model:small"]


async def test_an_outage_of_the_store_poisons_no_good_message(time: MovingClock) -> None:
    of = world()
    of.documents.fail("get jobs")
    of.put(OURS)
    for _ in range(50):  # half a day
        outcome = await of.deliver()
        assert outcome.wait is not None
        time.advance(outcome.wait.total_seconds())
    of.documents.heal()

    assert (await of.deliver()).what == "completed"
    assert await of.dead_letters() == []


async def test_an_outage_of_the_store_uses_up_no_more_than_a_hundred_deliveries_a_day(time: MovingClock) -> None:
    of = world()
    of.documents.fail("get jobs")
    of.put(OURS)
    began, deliveries = time.now, 0
    while time.now - began < timedelta(days=1):
        outcome = await of.deliver()
        assert outcome.wait is not None
        time.advance(outcome.wait.total_seconds())
        deliveries += 1

    assert deliveries <= 100  # of host.json's maxDequeueCount of 1000


async def test_a_dead_workers_messages_do_not_burn_the_attempts_of_innocents(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Killed()
    of.put(ERRAND)
    for _ in range(5):  # five deploys in a row
        with pytest.raises(Killed):
            await of.deliver()
        of.runtime = of.second_worker().runtime
        time.advance(601)
    of.handling.does["a"] = None

    outcome = await of.deliver()
    record = await of.job("a")

    assert (outcome.what, outcome.attempt) == ("completed", 1)
    assert (record.attempts, record.crashes) == (0, 0)


async def test_a_message_that_is_not_base64_is_not_lost() -> None:
    of = world()

    assert (await of.handle(ERRAND)).what == "completed"


async def test_a_body_in_base64_is_not_lost_either() -> None:
    of = world()

    assert (await of.handle("eyJuYW1lIjogImEifQ==")).what == "completed"


async def test_a_poison_copy_does_not_do_what_its_sender_chose() -> None:
    of = world()
    await of.deliver_poison(ERRAND)

    assert of.handling.calls == []
    assert (await of.job("a")).status == "dead"
    assert await of.queues.depth(POISON) == 0


async def test_a_body_that_cannot_be_used_is_not_logged_and_dropped() -> None:
    of = world()

    await of.handle("what is this?")

    assert len(await of.dead_letters()) == 1


async def test_a_message_that_comes_twice_is_done_once() -> None:
    of = world()

    outcomes = [await of.handle(ERRAND), await of.handle(ERRAND)]

    assert [outcome.what for outcome in outcomes] == ["completed", "ended"]
    assert of.handling.handled("a") == 1


async def test_a_late_message_of_an_earlier_look_does_not_look_again(time: MovingClock) -> None:
    async def next_then_done(job: Job) -> Next | None:
        return Next(timedelta(seconds=5)) if job.generation < 2 else None

    of = world()
    of.handling.does["a"] = next_then_done
    of.put(ERRAND)
    while await of.queues.depth(QUEUE):
        await of.deliver_one()
        time.advance(5)

    outcome = await of.handle('{"name": "a", "generation": 1}')

    assert outcome.what == "ended"
    assert [call[1] for call in of.handling.calls] == [0, 1, 2]


async def test_a_handler_that_finds_the_store_down_costs_its_job_nothing(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Unavailable("the wardrobe can't be read", dependency="store")

    outcome = await of.handle(ERRAND)

    assert (outcome.what, (await of.job("a")).attempts) == ("store_failed", 0)


async def test_an_innocent_job_outlives_a_long_failure_of_only_a_part_of_the_store(time: MovingClock) -> None:
    of = world()
    of.documents.fail("effect")
    of.put('{"name": "a"}')

    for _ in range(10):
        outcome = await of.deliver()
        assert (outcome.what, (await of.job("a")).crashes) == ("store_failed", 0)
        assert outcome.wait is not None
        time.advance(outcome.wait.total_seconds())
    of.documents.heal()

    assert (await of.deliver()).what == "completed"
