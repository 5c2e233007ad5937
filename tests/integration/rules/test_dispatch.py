"""Does each slot of a rule run once, or leave a record of why it didn't? Rules as docs/alert-rules.md numbers them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from processors.alerts import dispatch as dispatching
from processors.alerts import scheduler
from shared import clock
from shared.documents.containers import ALERT_RULES
from tests.integration.rules.worlds import RuleWorld

DAILY = {"type": "daily", "time": "09:30", "timezone": "UTC"}


async def test_each_slot_runs_once(world: RuleWorld) -> None:
    await world.create()

    await world.minutes(3)
    await world.tick()

    assert await world.slots() == {"09:01": "completed", "09:02": "completed", "09:03": "completed"}
    assert (await world.rule()).timing.next_due == world.time.now + timedelta(minutes=1)
    assert len(world.meter.asked) == 3


async def test_two_dispatchers_and_a_message_that_comes_twice_run_a_slot_once(world: RuleWorld) -> None:
    """Rules 1, 5 and 6."""
    other = RuleWorld(world.time, world.documents, world.queues)
    for n in range(20):
        await world.create(f"rule-{n}")
    world.time.advance(60)

    await asyncio.gather(world.tick(), other.tick())
    await asyncio.gather(world.work_off(), other.work_off())
    await world.tick()

    assert [one.status for one in await world.records()] == ["completed"] * 20
    assert len(world.meter.asked) + len(other.meter.asked) == 20


async def test_a_dispatcher_that_died_before_the_rule_moved_on_sends_nothing_twice(world: RuleWorld) -> None:
    """Rule 1: any record of a slot means that it has been seen to, however long ago."""
    before = await world.create()
    world.time.advance(60)
    await world.tick()
    await world.work_off()
    (standing,) = [one async for one in world.documents.query(ALERT_RULES)]
    await world.documents.replace(
        ALERT_RULES, {**standing.body, "nextDueAt": clock.to_text(world.time.now)}, standing.etag
    )
    assert before.timing.next_due == world.time.now

    done = await world.tick()

    assert done.rules == {"seen to": 1}
    assert await world.work_off() == []


async def test_a_slot_waits_until_the_one_before_has_ended(world: RuleWorld) -> None:
    """Rule 3."""
    await world.create()
    world.time.advance(60)
    await world.tick()
    world.time.advance(60)

    waited = await world.tick()
    await world.work_off()
    went_on = await world.tick()

    assert (waited.rules, went_on.rules) == ({"waiting": 1}, {"sent": 1})


async def test_after_three_hours_without_a_host_the_latest_slot_runs_and_the_others_are_missed(
    world: RuleWorld,
) -> None:
    """Rules 2, 4 and 5."""
    await world.create(frequency={"type": "cron", "expression": "*/30 * * * *", "timezone": "UTC"})
    world.time.advance(3 * 3600)

    done = await world.tick()
    await world.work_off()

    assert (done.missed, done.rules) == (5, {"sent": 1})
    missed = dict.fromkeys(("09:30", "10:00", "10:30", "11:00", "11:30"), "slot_missed")
    assert await world.slots() == {**missed, "12:00": "completed"}


async def test_a_slot_beyond_its_grace_is_missed(world: RuleWorld) -> None:
    await world.create(frequency=DAILY, graceSeconds=600)
    world.time.advance(30 * 60 + 601)

    await world.tick()

    assert await world.slots() == {"09:30": "slot_missed"}
    assert (await world.rule()).timing.next_due == world.time.now.replace(day=24, hour=9, minute=30, second=0)


async def test_more_missed_slots_than_a_tick_records_are_recorded_by_the_next_ones(
    world: RuleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "MOST_MISSED", 4)
    await world.create()
    world.time.advance(10 * 60)

    whats = [(await world.tick()).rules for _ in range(4)]

    assert whats == [{"behind": 1}, {"behind": 1}, {"sent": 1}, {}]
    assert [one.status for one in await world.records()] == ["cancelled"] * 9 + ["queued"]


async def test_a_stopped_scheduler_dispatches_nothing_on_any_instance_until_it_is_started(world: RuleWorld) -> None:
    other = RuleWorld(world.time, world.documents, world.queues)
    await world.create()
    await scheduler.write(world.documents, stopped=True, by="ada")

    world.time.advance(5 * 60)
    stopped = await other.tick()
    await scheduler.write(other.documents, stopped=False, by="ada")
    started = await world.tick()

    assert (stopped.stopped, stopped.rules) == (True, {})
    assert (started.missed, started.rules) == (4, {"sent": 1})


async def test_what_is_left_of_a_tick_whose_time_is_over_is_done_by_the_next(
    world: RuleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "BUDGET", timedelta(0))
    await world.create()
    world.time.advance(60)
    cut_off = await world.tick()
    monkeypatch.undo()

    assert (cut_off.finished, cut_off.rules) == (False, {})
    assert (await world.tick()).rules == {"sent": 1}


async def test_jitter_moves_a_rules_slots_by_what_its_id_decides(world: RuleWorld) -> None:
    made = [await world.create(f"rule-{n}", frequency=DAILY, jitterSeconds=600) for n in range(20)]

    dues = [rule.timing.next_due for rule in made]

    begin = world.time.now.replace(minute=30)
    assert all(due is not None and begin <= due <= begin + timedelta(minutes=10) for due in dues)
    assert len(set(dues)) > 10
