"""What becomes of a message that the host itself gave up on? Each rule of the poison queue."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.errors import Permanent, Transient
from shared.jobs.kinds import Next
from tests.integration.jobs.worlds import POISON, MovingClock, world

ERRAND = '{"name": "a"}'
pytestmark = pytest.mark.usefixtures("time")


async def test_an_invalid_body_becomes_a_dead_letter_under_its_own_queue() -> None:
    of = world()

    outcome = await of.deliver_poison("hello")
    (dead,) = await of.dead_letters()

    assert (outcome.what, dead.queue, dead.reason and dead.reason.code) == ("dead", "errand-jobs", "not_json")


async def test_a_copy_of_an_older_generation_ends(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Next(timedelta(seconds=60))
    await of.handle(ERRAND)

    outcome = await of.deliver_poison('{"name": "a", "generation": 0}')

    assert (outcome.what, (await of.job("a")).status) == ("ended", "waiting")


async def test_a_copy_without_generation_put_before_the_records_generation_began_ends(time: MovingClock) -> None:
    of = world()
    of.queues.put(POISON, ERRAND.encode())
    copy = of.queues.receive(POISON)
    assert copy is not None
    time.advance(60)
    of.handling.does["a"] = Transient("busy")
    await of.handle(ERRAND)

    outcome = await of.runtime.deliver_poison(of.kind, copy)

    assert (outcome.what, (await of.job("a")).status) == ("ended", "waiting")


@pytest.mark.parametrize("copy", [ERRAND, '{"name": "a", "generation": 0}'], ids=["without generation", "of the same"])
async def test_a_copy_of_an_ended_job_ends(copy: str) -> None:
    of = world()
    await of.handle(ERRAND)

    assert (await of.deliver_poison(copy)).what == "ended"
    assert (await of.job("a")).status == "completed"


async def test_a_copy_of_a_newer_generation_kills_an_ended_job() -> None:
    of = world()
    await of.handle(ERRAND)

    outcome = await of.deliver_poison('{"name": "a", "generation": 1}')
    dead = await of.job("a")

    assert (outcome.what, dead.status, dead.generation) == ("dead", "dead", 2)


async def test_a_claim_that_is_not_over_defers_the_copy_until_its_end() -> None:
    of = world()
    await of.abandoned("a", claim_ends_in=45)

    outcome = await of.deliver_poison(ERRAND)

    assert (outcome.what, outcome.wait) == ("deferred", timedelta(seconds=45))
    assert (await of.job("a")).status == "running"


async def test_a_copy_of_a_job_without_record_makes_it_dead() -> None:
    of = world()

    outcome = await of.deliver_poison('{"name": "a", "generation": 3}')
    dead = await of.job("a")

    assert (outcome.what, dead.status, dead.generation) == ("dead", "dead", 4)
    assert dead.payload == {"name": "a", "do": "ok"}
    assert dead.reason is not None
    assert (dead.reason.code, dead.reason.message) == ("host_gave_up", "The host gave up on its message")


async def test_a_copy_of_a_job_that_has_not_ended_makes_it_dead(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Transient("busy")
    await of.handle(ERRAND)

    outcome = await of.deliver_poison(ERRAND)
    dead = await of.job("a")

    assert (outcome.what, dead.status, dead.generation, dead.claim) == ("dead", "dead", 1, None)


async def test_a_copy_of_a_job_whose_claim_is_over_makes_it_dead() -> None:
    of = world()
    await of.abandoned("a", claim_ends_in=-1)

    assert (await of.deliver_poison(ERRAND)).what == "dead"


async def test_a_second_copy_of_the_same_message_ends() -> None:
    of = world()
    await of.deliver_poison('{"name": "a", "generation": 0}')

    assert (await of.deliver_poison('{"name": "a", "generation": 0}')).what == "ended"
    assert (await of.job("a")).generation == 1


async def test_what_cannot_be_stored_stays_in_the_poison_queue(time: MovingClock) -> None:
    of = world()
    of.documents.fail("job dead")

    outcome = await of.deliver_poison(ERRAND)

    assert outcome.what == "store_failed"
    assert await of.queues.depth(POISON) == 1


async def test_a_dead_letter_of_the_host_can_be_replayed(time: MovingClock) -> None:
    of = world()
    await of.deliver_poison(ERRAND)
    held = await of.records.get((await of.job("a")).key)
    assert held is not None

    await of.interventions.replay(held)

    assert (await of.deliver()).what == "completed"


async def test_a_message_that_arrives_after_its_job_was_given_up_asks_nothing() -> None:
    of = world()
    of.handling.does["a"] = Permanent("unused")
    await of.deliver_poison('{"name": "a", "generation": 0}')

    assert (await of.handle('{"name": "a", "generation": 0}')).what == "ended"
