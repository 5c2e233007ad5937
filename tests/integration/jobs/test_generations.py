"""What becomes of a message with a generation that nobody gave? A dead letter of its own, and the job goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import Permanent, Transient
from shared.jobs.decide import UNSEEN_GENERATIONS
from shared.jobs.messages import MAX_GENERATION
from tests.integration.jobs.worlds import Doing, MovingClock, WatchedWorld, world

ERRAND = '{"name": "a"}'
STRAY = '{"name": "a", "generation": 2147483647}'
STATES: dict[str, Doing] = {"completed": None, "waiting": Transient("busy"), "dead": Permanent("gone")}


async def replay(of: WatchedWorld) -> None:
    """Replay errand a's dead letter, and deliver what was sent."""
    held = await of.records.get((await of.job("a")).key)
    assert held is not None
    await of.interventions.replay(held)
    assert (await of.deliver()).what == "completed"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.usefixtures("time")
async def test_it_leaves_the_job_as_it_is(state: str) -> None:
    of = world()
    of.handling.does["a"] = STATES[state]
    await of.handle(ERRAND)
    before = await of.job("a")

    outcome = await of.handle(STRAY)

    assert (outcome.what, outcome.code) == ("dead", "generation_unknown")
    assert (before.status, await of.job("a")) == (state, before)
    assert of.handling.handled("a") == 1


@pytest.mark.usefixtures("time")
async def test_it_does_not_wait_for_the_end_of_a_claim() -> None:
    of = world()
    await of.abandoned("a", claim_ends_in=60)

    assert (await of.handle(STRAY)).code == "generation_unknown"
    assert (await of.job("a")).status == "running"


async def test_a_job_that_it_meant_dies_and_is_replayed_as_ever(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Permanent("gone")
    await of.handle(ERRAND)
    await of.handle(STRAY)
    time.advance(60)
    of.handling.does["a"] = None

    await replay(of)

    assert ((await of.job("a")).status, (await of.job("a")).generation) == ("completed", 2)


async def test_its_letter_is_replayed_as_a_message_without_generation(time: MovingClock) -> None:
    of = world()
    await of.handle(STRAY)
    (letter,) = await of.dead_letters()
    held = await of.records.get(letter.key)
    assert held is not None

    await of.interventions.replay(held)

    assert (await of.deliver()).what == "completed"
    assert ((await of.job("a")).status, (await of.job("a")).generation) == ("completed", 0)


@pytest.mark.usefixtures("time")
async def test_a_copy_that_the_host_gave_up_on_is_refused_too() -> None:
    of = world()
    of.handling.does["a"] = Transient("busy")
    await of.handle(ERRAND)
    before = await of.job("a")

    assert (await of.deliver_poison(STRAY)).code == "generation_unknown"
    assert await of.job("a") == before


@pytest.mark.usefixtures("time")
async def test_a_copy_of_a_job_that_nobody_knows_is_refused_too() -> None:
    of = world()

    assert (await of.deliver_poison(STRAY)).code == "generation_unknown"
    assert await of.record("a") is None


async def test_a_purged_records_leftover_counts_as_new_up_to_a_bound_and_lives_on(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Permanent("gone")

    outcomes = [
        await of.handle(f'{{"name": "a", "generation": {number}}}')
        for number in (UNSEEN_GENERATIONS + 1, UNSEEN_GENERATIONS)
    ]
    time.advance(60)
    of.handling.does["a"] = None
    await replay(of)

    assert [outcome.code for outcome in outcomes] == ["generation_unknown", "permanent"]
    assert (await of.job("a")).generation == UNSEEN_GENERATIONS + 2


@pytest.mark.parametrize("number", [2**31 - 1, MAX_GENERATION - 2])
async def test_a_record_that_such_a_message_made_before_it_was_refused_is_replayed(
    number: int, time: MovingClock
) -> None:
    of = world()
    of.handling.does["a"] = Permanent("gone")
    await of.handle(ERRAND)
    held = await of.records.get((await of.job("a")).key)
    assert held is not None
    await of.records.replace(held, replace(held.record, generation=number))
    time.advance(timedelta(minutes=1).total_seconds())
    of.handling.does["a"] = None

    await replay(of)
