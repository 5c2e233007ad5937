"""Can anybody use a slot up before it has come? No: not by hand, nor by a message of any queue."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from shared.documents.containers import JOBS
from shared.errors import UsageError
from shared.jobs.messages import BadMessage
from shared.jobs.record import Record, from_body
from shared.jobs.record_store import Held
from tests.integration.jobs.worlds import MovingClock
from tests.integration.runs.worlds import RUN_QUEUE, SHARD_QUEUE, RunWorld, run_world

NEXT = "2026-W49"
"""The world's time is Monday of 2026-W48, 09:00."""
WEEK = timedelta(days=7)


async def the_dead_letter(world: RunWorld) -> Held:
    """Return the one record of any job or message, which must be dead."""
    (found,) = [document async for document in world.documents.query(JOBS)]
    record: Record = from_body(found.body)
    assert record.status == "dead"
    return Held(record, found.etag)


async def test_a_bare_message_of_a_slot_to_come_is_a_dead_letter_and_leaves_the_slot_to_its_timer(
    time: MovingClock,
) -> None:
    world = run_world(time)
    world.put_run(name="rounds", slot=NEXT)

    await world.work_off()

    letter = (await the_dead_letter(world)).record
    assert letter.reason is not None
    assert (letter.reason.code, letter.is_bare_message) == ("slot_not_due", True)
    assert letter.reason.message == "Slot 2026-W49 is yet to come, at 2026-11-30T09:00:00.000Z: its timer runs it."
    assert await world.runs() == {}
    time.now += WEEK
    assert (await world.open_latest_run()).what == "accepted"
    await world.work_off()
    assert await world.runs() == {f"rounds|{NEXT}": "completed"}


@pytest.mark.parametrize("more", [{"generation": 0}, {"generation": 3}, {"n": 1, "token": "x"}, {"trigger": "timer"}])
async def test_whatever_else_such_a_message_says_it_is_refused(time: MovingClock, more: dict[str, object]) -> None:
    world = run_world(time)
    world.put_run(name="rounds", slot=NEXT, **more)

    await world.work_off()

    assert (await the_dead_letter(world)).record.is_bare_message
    assert await world.runs() == {}


async def test_a_copy_of_it_in_the_poison_queue_does_not_use_the_slot_up_either(time: MovingClock) -> None:
    world = run_world(time)
    poison = world.kind.poison_queue
    world.queues.put(poison, json.dumps({"name": "rounds", "slot": NEXT}).encode())
    delivery = world.queues.receive(poison)
    assert delivery is not None

    await world.runtime.deliver_poison(world.kind, delivery)

    assert (await the_dead_letter(world)).record.is_bare_message
    time.now += WEEK
    assert (await world.open_latest_run()).what == "accepted"


async def test_by_hand_it_is_refused_and_sends_nothing(time: MovingClock) -> None:
    world = run_world(time)

    for force in (False, True):
        with pytest.raises(UsageError, match="yet to come") as refused:
            await world.ask(NEXT, force=force)
        assert refused.value.code == "slot_not_due"

    assert await world.queues.depth(RUN_QUEUE) == 0


async def test_its_dead_letter_can_be_replayed_once_it_has_come_and_not_before(time: MovingClock) -> None:
    world = run_world(time)
    world.put_run(name="rounds", slot=NEXT)
    await world.work_off()

    with pytest.raises(BadMessage) as refused:
        await world.interventions.replay(await the_dead_letter(world))
    assert refused.value.code == "slot_not_due"

    time.now += WEEK
    await world.interventions.replay(await the_dead_letter(world))
    await world.work_off()
    assert await world.runs() == {f"rounds|{NEXT}": "completed"}


async def test_a_slot_whose_timer_fired_early_by_a_clock_that_is_ahead_of_the_workers_is_run(
    time: MovingClock,
) -> None:
    world = run_world(time)
    time.now += WEEK - timedelta(seconds=30)
    assert (await world.open_latest_run()).id == f"rounds|{NEXT}"
    delivery = world.queues.receive(RUN_QUEUE)
    assert delivery is not None
    time.now -= timedelta(minutes=2)  # a worker's clock: each of the two may be a minute off

    await world.runtime.deliver(world.kind, delivery)

    assert await world.runs() == {f"rounds|{NEXT}": "running"}


@pytest.mark.parametrize("run", ["rounds|2026-W49", "rounds|2026-W49|1", "rounds|2026-12-24", "r|2026-11-23T10:00:00Z"])
async def test_a_shard_of_a_run_to_come_is_not_done_before_it(time: MovingClock, run: str) -> None:
    world = run_world(time)
    world.queues.put(SHARD_QUEUE, json.dumps({"run": run, "shard": "s00000"}).encode())

    await world.deliver(SHARD_QUEUE)

    assert world.rounds.done == []
    letter = (await the_dead_letter(world)).record
    assert letter.is_bare_message
    assert letter.reason is not None
    assert letter.reason.code == "slot_not_due"


async def test_a_shard_that_was_asked_for_too_early_is_done_with_its_run(time: MovingClock) -> None:
    world = run_world(time)
    world.queues.put(SHARD_QUEUE, json.dumps({"run": f"rounds|{NEXT}", "shard": "s00000"}).encode())
    await world.deliver(SHARD_QUEUE)
    time.now += WEEK
    await world.open_latest_run()

    await world.work_off()

    assert (await world.entry(f"rounds|{NEXT}")).shards == {"completed": 3}
    assert sorted(world.rounds.done) == ["s00000", "s00001", "s00002"]


async def test_a_shard_of_no_run_of_ours_is_done_as_ever(time: MovingClock) -> None:
    world = run_world(time)
    world.queues.put(SHARD_QUEUE, b'{"run": "by-hand", "shard": "one"}')

    await world.work_off()

    assert world.rounds.done == ["one"]
