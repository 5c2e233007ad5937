"""What becomes of slots that no timer opened a run for?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.documents.sqlite import SqliteDocuments
from shared.errors import Unavailable
from shared.schedules import Schedule
from tests.integration.jobs.worlds import Killed, MovingClock, WatchedDocuments
from tests.integration.runs.worlds import RUN_QUEUE, RunWorld, run_world

DAILY: dict[str, Any] = {"schedule": Schedule("0 0 6 * * *"), "slot_form": "day", "catch_up": "once"}
TICKS: dict[str, Any] = {"schedule": Schedule("0 */5 * * * *"), "slot_form": "instant", "catch_up": "none"}


def at(text: str) -> datetime:
    """Return the instant of a text such as ``11-23 09:00`` in 2026."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


async def deployed(time: MovingClock, when: str, **more: Any) -> RunWorld:
    """Return a world whose first CatchUpRuns was then."""
    time.now = at(when)
    world = run_world(time, **more)
    await world.catch_up()
    return world


async def test_a_fresh_deployment_has_missed_nothing(time: MovingClock) -> None:
    world = await deployed(time, "11-23 10:00")

    time.advance(300)

    assert (await world.catch_up()).opened == ()
    assert await world.runs() == {}


async def test_a_missed_monday_is_caught_up(time: MovingClock) -> None:
    world = await deployed(time, "11-20 10:00")
    time.now = at("11-24 08:00")

    caught = await world.catch_up()
    await world.work_off()

    assert caught.opened == ("rounds|2026-W48",)
    entry = await world.entry("rounds|2026-W48")
    assert (entry.status, entry.trigger, entry.by) == ("completed", "catch-up", "CatchUpRuns")


async def test_a_slot_is_missed_only_two_minutes_after_it_was_due(time: MovingClock) -> None:
    world = await deployed(time, "11-20 10:00")

    time.now = at("11-23 09:00") + timedelta(seconds=119)
    assert (await world.catch_up()).opened == ()
    time.advance(1)
    assert (await world.catch_up()).opened == ("rounds|2026-W48",)


async def test_a_slot_that_ran_is_not_missed(time: MovingClock) -> None:
    world = await deployed(time, "11-20 10:00")
    time.now = at("11-23 09:00")
    await world.open_latest_run()
    await world.work_off()
    time.advance(600)

    assert (await world.catch_up()).opened == ()
    assert await world.runs() == {"rounds|2026-W48": "completed"}


async def test_a_slot_whose_message_no_worker_has_seen_yet_is_not_missed(time: MovingClock) -> None:
    world = await deployed(time, "11-20 10:00", catch_up="none")
    time.now = at("11-23 09:00")
    await world.open_latest_run()
    time.advance(600)

    assert (await world.catch_up()).missed == ()


async def test_of_several_missed_weeks_the_last_is_run_and_the_others_are_recorded(time: MovingClock) -> None:
    world = await deployed(time, "11-01 10:00")
    time.now = at("11-24 08:00")

    await world.catch_up()
    await world.work_off()

    missed = {f"rounds|2026-W{week}": "missed" for week in (45, 46, 47)}
    assert await world.runs() == {**missed, "rounds|2026-W48": "completed"}


async def test_the_policy_last_runs_the_last_missed_slot_though_a_later_one_ran(time: MovingClock) -> None:
    world = await deployed(time, "11-10 10:00")
    time.now = at("11-23 09:00")
    await world.open_latest_run()

    await world.catch_up()
    await world.work_off()

    assert await world.runs() == {"rounds|2026-W47": "completed", "rounds|2026-W48": "completed"}


async def test_the_policy_once_lets_one_run_stand_for_all_missed_days(time: MovingClock) -> None:
    world = await deployed(time, "11-20 10:00", **DAILY)
    time.now = at("11-23 08:00")

    caught = await world.catch_up()

    assert (caught.opened, caught.missed) == (("rounds|2026-11-23",), ("rounds|2026-11-21", "rounds|2026-11-22"))
    assert (await world.entry("rounds|2026-11-22")).covered_by == "rounds|2026-11-23"


@pytest.mark.parametrize("first", ["the past-due timer", "the catching-up"])
async def test_after_a_weekend_past_due_and_catching_up_together_give_one_run(time: MovingClock, first: str) -> None:
    world = await deployed(time, "11-20 10:00", **DAILY)
    time.now = at("11-23 08:00")

    if first == "the past-due timer":
        await world.open_latest_run()
    await world.catch_up()
    await world.open_latest_run()
    await world.work_off()

    ran = {run: status for run, status in (await world.runs()).items() if status != "missed"}
    assert ran == {"rounds|2026-11-23": "completed"}
    assert len(world.rounds.done) == 3
    assert (await world.entry("rounds|2026-11-21")).covered_by == "rounds|2026-11-23"


async def test_the_policy_none_only_records_what_was_missed(time: MovingClock) -> None:
    world = await deployed(time, "11-23 10:00", **TICKS)
    time.now = at("11-23 10:21")

    caught = await world.catch_up()

    assert caught.opened == ()
    assert [run[-13:-8] for run in caught.missed] == ["10:05", "10:10", "10:15"]
    assert await world.queues.depth(RUN_QUEUE) == 0


async def test_a_missed_slot_may_still_be_run_by_hand(time: MovingClock) -> None:
    world = await deployed(time, "11-01 10:00", catch_up="none")
    time.now = at("11-24 08:00")
    await world.catch_up()

    opened = await world.ask("2026-W46")
    await world.work_off()

    assert opened.what == "accepted"
    assert (await world.entry("rounds|2026-W46")).status == "completed"


async def test_what_is_settled_is_not_looked_at_again(time: MovingClock) -> None:
    world = await deployed(time, "11-01 10:00")
    time.now = at("11-24 08:00")
    await world.catch_up()
    await world.work_off()
    time.advance(300)

    assert (await world.catch_up()).missed == ()


async def test_a_changed_schedule_begins_anew(time: MovingClock) -> None:
    world = await deployed(time, "11-20 10:00")
    time.now = at("11-24 08:00")
    changed = run_world(time, documents=world.documents, schedule=Schedule("0 0 7 * * 2"))

    assert (await changed.catch_up()).opened == ()
    time.now = at("11-25 08:00")
    assert (await changed.catch_up()).opened == ()  # its Tuesday was before it was active
    time.now = at("12-01 07:30")
    assert (await changed.catch_up()).opened == ("rounds|2026-W49",)


async def test_two_that_catch_up_at_once_open_one_run(time: MovingClock) -> None:
    world = await deployed(time, "11-20 10:00")
    time.now = at("11-24 08:00")

    await world.catch_up()
    await world.second_worker().catch_up()
    await world.work_off()

    assert await world.runs() == {"rounds|2026-W48": "completed"}
    assert len(world.rounds.plans) == 1


@pytest.mark.parametrize(
    ("write", "how"),
    [
        ("runs", "down"),
        ("runs", "lost"),
        ("job queued", "down"),
        ("schedulerState", "down"),
        ("schedulerState", "lost"),
    ],
)
async def test_a_catching_up_that_dies_is_done_again_without_doing_anything_twice(
    time: MovingClock, write: str, how: Any
) -> None:
    documents = WatchedDocuments(SqliteDocuments(":memory:"), [])
    world = await deployed(time, "11-01 10:00", documents=documents)
    time.now = at("11-24 08:00")
    documents.fail(write, how)
    with pytest.raises(Unavailable):
        await world.catch_up()
    documents.heal()

    await world.catch_up()
    await world.work_off()

    assert sorted((await world.runs()).values()) == ["completed", "missed", "missed", "missed"]
    assert len(world.rounds.plans) == 1


async def test_weeks_of_missed_ticks_are_recorded_only_as_far_back_as_the_ledger_keeps_them(time: MovingClock) -> None:
    world = await deployed(time, "11-01 00:00", **TICKS)
    time.now = at("11-23 10:00")

    caught = await world.catch_up()

    assert caught.missed[0] == "rounds|2026-11-16T10:05:00.000Z"
    assert len(caught.missed) == 7 * 24 * 12 - 1


async def test_a_run_whose_job_died_while_the_ledger_was_away_is_settled_as_failed(time: MovingClock) -> None:
    documents = WatchedDocuments(SqliteDocuments(":memory:"), [])
    world = await deployed(time, "11-20 10:00", documents=documents)
    time.now = at("11-23 09:00")
    world.rounds.on_fan_in = _permanent
    await world.open_latest_run()
    while (await world.runs()).get("rounds|2026-W48") != "fan-in":
        assert await world.deliver("round-jobs") or await world.step()
    documents.fail("runs")
    await world.step()
    documents.heal()
    assert await world.runs() == {"rounds|2026-W48": "fan-in"}

    await world.catch_up()

    entry = await world.entry("rounds|2026-W48")
    assert entry.error is not None
    assert (entry.status, entry.error["code"]) == ("failed", "no_template")


async def test_a_run_whose_planner_crashes_six_times_is_failed(time: MovingClock) -> None:
    world = await deployed(time, "11-20 10:00")
    time.now = at("11-23 09:00")
    await world.open_latest_run()
    world.rounds.on_plan = _kill
    for _ in range(6):
        with pytest.raises(Killed):
            await world.second_worker().step()
        time.advance(120)

    outcome = await world.step()

    assert outcome.code == "kills_its_worker"
    assert await world.runs() == {"rounds|2026-W48": "failed"}


async def test_a_run_that_the_host_gave_up_on_is_failed(time: MovingClock) -> None:
    world = await deployed(time, "11-20 10:00")
    time.now = at("11-23 09:00")
    await world.open_latest_run()
    message = world.queues.receive(RUN_QUEUE)
    assert message is not None
    await world.runtime.deliver_poison(world.kind, message)

    entry = await world.entry("rounds|2026-W48")
    assert entry.error is not None
    assert (entry.status, entry.error["code"]) == ("failed", "host_gave_up")


async def test_the_ledger_of_a_failed_run_says_what_becomes_of_its_shards(time: MovingClock) -> None:
    world = await deployed(time, "11-20 10:00")
    time.now = at("11-23 09:00")
    await world.open_latest_run()
    await world.step()
    time.advance(60)
    message = world.queues.receive(RUN_QUEUE)
    assert message is not None
    await world.runtime.deliver_poison(world.kind, message)
    assert (await world.entry("rounds|2026-W48")).shards == {"queued": 3}
    await world.work_off()

    await world.catch_up()

    entry = await world.entry("rounds|2026-W48")
    assert (entry.status, entry.shards) == ("failed", {"completed": 3})


def _permanent() -> None:
    from shared.errors import Permanent

    raise Permanent("no template", code="no_template")


def _kill(cursor: str | None) -> None:
    raise Killed


async def test_a_run_cancelled_before_its_first_step_while_the_ledger_was_away_is_settled(time: MovingClock) -> None:
    documents = WatchedDocuments(SqliteDocuments(":memory:"), [])
    world = await deployed(time, "11-20 10:00", documents=documents)
    time.now = at("11-23 09:00")
    await world.open_latest_run()
    documents.fail("runs")
    await world.interventions.cancel(await world.job("rounds|2026-W48"))
    documents.heal()
    assert await world.runs() == {}

    await world.catch_up()

    assert await world.runs() == {"rounds|2026-W48": "cancelled"}
