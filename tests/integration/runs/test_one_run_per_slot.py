"""Who may ask for a slot, when and how often, and how many runs come of it? One."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from shared.documents.containers import AUDIT
from shared.errors import UsageError
from shared.jobs.runs.opening import Opened
from shared.schedules import Schedule
from tests.integration.jobs.worlds import MovingClock
from tests.integration.runs.worlds import RUN_QUEUE, Rounds, RunWorld, run_world

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
RUN = "rounds|2026-W48"


async def test_a_host_that_fires_a_little_early_rings_for_the_slot_to_come(time: MovingClock) -> None:
    world = run_world(time)
    time.now = MONDAY - timedelta(milliseconds=20)

    assert (await world.open_latest_run()).id == RUN


async def test_a_host_that_fires_early_and_again_on_time_makes_one_run(time: MovingClock) -> None:
    world = run_world(time)
    time.now = MONDAY - timedelta(milliseconds=20)
    await world.open_latest_run()
    time.now = MONDAY

    assert (await world.open_latest_run()).what == "duplicate"


async def test_beyond_the_tolerance_the_slot_is_the_one_before(time: MovingClock) -> None:
    world = run_world(time, tolerance=timedelta(seconds=5))
    time.now = MONDAY - timedelta(seconds=6)

    assert (await world.open_latest_run()).id == "rounds|2026-W47"


@pytest.mark.parametrize(("early", "slot"), [(5, "09:01"), (6, "09:00"), (29, "09:00")])
async def test_a_tick_of_each_minute_that_fires_late_does_not_ring_for_the_next(
    time: MovingClock, early: int, slot: str
) -> None:
    world = run_world(time, schedule=Schedule("0 * * * * *"), slot_form="instant")
    time.now = MONDAY + timedelta(seconds=60 - early)

    assert (await world.open_latest_run()).id == f"rounds|2026-11-23T{slot}:00.000Z"


async def test_two_hosts_that_ring_at_once_make_one_run_that_does_each_shard_once(time: MovingClock) -> None:
    world, rounds = run_world(time), 2

    await asyncio.gather(*(world.second_worker().open_latest_run() for _ in range(rounds)))
    await world.work_off()

    assert await world.runs() == {RUN: "completed"}
    assert sorted(world.rounds.done) == ["s00000", "s00001", "s00002"]


async def test_the_same_slot_by_hand_and_by_timer_at_once_is_one_run(time: MovingClock) -> None:
    world = run_world(time)

    await asyncio.gather(world.open_latest_run(), world.second_worker().ask("2026-W48"))
    await world.work_off()

    assert await world.runs() == {RUN: "completed"}
    assert len(world.rounds.plans) == 1
    assert sorted(world.rounds.done) == ["s00000", "s00001", "s00002"]


@pytest.mark.parametrize("days", [0.5, 3, 20, 500])
async def test_a_slot_that_has_run_is_not_run_again_however_late_somebody_rings(time: MovingClock, days: float) -> None:
    world = run_world(time, schedule=Schedule("0 0 9 23 11 *"), slot_form="day")
    world.rounds.count = 1
    await world.ask("2026-11-23")
    await world.work_off()
    time.now = min(time.now + timedelta(days=days), datetime(2027, 11, 22, tzinfo=UTC))

    assert (await world.open_latest_run()).what == "duplicate"
    assert await world.queues.depth(RUN_QUEUE) == 0


async def test_a_message_of_another_producer_does_not_run_again_what_has_run(time: MovingClock) -> None:
    world = run_world(time)
    await world.open_latest_run()
    await world.work_off()
    time.advance(10)
    world.put_run(name="rounds", slot="2026-W48")

    await world.work_off()

    assert len(world.rounds.plans) == len(world.rounds.fan_ins) == 1


async def test_a_message_of_another_producer_opens_a_run_like_a_timers(time: MovingClock) -> None:
    world = run_world(time)
    world.put_run(name="rounds", slot="2026-W48")

    await world.work_off()

    entry = await world.entry(RUN)
    assert (entry.status, entry.trigger, entry.by) == ("completed", "manual", "message")


async def test_a_forced_run_does_the_slot_again_under_an_id_of_its_own(time: MovingClock) -> None:
    world = run_world(time)
    await world.open_latest_run()
    await world.work_off()

    opened = await world.ask("2026-W48", force=True)
    await world.work_off()

    (line,) = [document.body async for document in world.documents.query(AUDIT)]
    assert (line["action"], line["by"], line["job"], line["forced"]) == ("run", "ada", f"{RUN}|1", True)
    assert (opened.what, opened.id) == ("accepted", f"{RUN}|1")
    assert await world.runs() == {RUN: "completed", f"{RUN}|1": "completed"}
    assert sorted(world.rounds.done) == sorted(2 * ["s00000", "s00001", "s00002"])


async def test_runs_that_are_forced_at_once_are_several(time: MovingClock) -> None:
    world = run_world(time)

    opened = await asyncio.gather(*(world.second_worker().ask("2026-W48", force=True) for _ in range(3)))
    await world.work_off()

    assert sorted(one.id for one in opened) == [f"{RUN}|{n}" for n in (1, 2, 3)]
    assert set((await world.runs()).values()) == {"completed"}


@pytest.mark.parametrize("n", [10_000, 2**53])
async def test_a_number_that_a_message_makes_up_keeps_nobody_from_forcing_the_slot(time: MovingClock, n: int) -> None:
    world = run_world(time)
    world.put_run(name="rounds", slot="2026-W48", n=n)
    await world.work_off()

    assert (await world.ask("2026-W48", force=True)).id == f"{RUN}|1"
    assert (await world.ask("2026-W48", force=True)).id == f"{RUN}|2"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2026-11-23", "it takes an ISO week, such as 2026-W48"),
        ("2026-W54", "it takes an ISO week"),
        ("next", "it takes an ISO week"),
    ],
)
async def test_a_text_that_is_no_slot_is_refused_with_how_one_is_written(
    time: MovingClock, text: str, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        await run_world(time).ask(text)


async def test_an_instant_that_is_not_scheduled_is_refused_with_those_around_it(time: MovingClock) -> None:
    world = run_world(time, schedule=Schedule("0 */5 * * * *"), slot_form="instant")

    with pytest.raises(UsageError, match=r"are 2026-11-23T09:00:00.000Z and 2026-11-23T09:05:00.000Z"):
        await world.ask("2026-11-23T09:01:00Z")


async def cancelled(world: RunWorld) -> Opened:
    """Open the run, let one of three shards be done, and cancel."""
    opened = await world.open_latest_run()
    await world.step()
    await world.deliver("round-jobs")
    await world.interventions.cancel(await world.job(RUN), why="by mistake")
    return opened


async def test_a_run_cancelled_half_way_is_cancelled_with_its_open_shards(time: MovingClock) -> None:
    world = run_world(time)
    await cancelled(world)

    await world.work_off()

    assert await world.runs() == {RUN: "cancelled"}
    assert {name: shard.status for name, shard in (await world.shards(RUN)).items()} == {
        "s00000": "completed",
        "s00001": "cancelled",
        "s00002": "cancelled",
    }
    assert (world.rounds.done, world.rounds.fan_ins) == (["s00000"], [])


async def test_the_ledger_of_a_cancelled_run_says_what_its_shards_ended_as(time: MovingClock) -> None:
    world = run_world(time)
    await world.open_latest_run()
    await world.step()
    assert (await world.entry(RUN)).shards == {"queued": 3}
    await world.deliver("round-jobs")

    await world.interventions.cancel(await world.job(RUN), why="by mistake")

    entry = await world.entry(RUN)
    assert (entry.status, entry.planned, entry.shards) == ("cancelled", 3, {"completed": 1, "cancelled": 2})


async def test_a_cancelled_run_is_not_begun_again_by_its_timer_nor_caught_up(time: MovingClock) -> None:
    world = run_world(time)
    await world.catch_up()
    time.now = MONDAY + timedelta(days=7)
    opened = await world.open_latest_run()
    await world.interventions.cancel(await world.job(opened.id))
    time.advance(600)

    assert (await world.open_latest_run()).what == "duplicate"
    assert (await world.catch_up()).opened == ()
    assert await world.runs() == {opened.id: "cancelled"}


async def test_a_cancelled_run_is_not_begun_again_by_a_message_of_another_producer(time: MovingClock) -> None:
    world = run_world(time)
    await cancelled(world)
    time.advance(60)
    world.put_run(name="rounds", slot="2026-W48")

    await world.work_off()

    assert await world.runs() == {RUN: "cancelled"}
    assert (world.rounds.done, len(world.rounds.plans)) == (["s00000"], 1)


async def test_a_run_cancelled_before_its_first_step_stands_in_the_ledger_as_cancelled(time: MovingClock) -> None:
    world = run_world(time)
    await world.open_latest_run()
    await world.interventions.cancel(await world.job(RUN))

    await world.work_off()

    assert (await world.runs(), world.rounds.plans) == ({RUN: "cancelled"}, [])


async def test_shards_planned_while_the_run_is_cancelled_are_cancelled_too(time: MovingClock) -> None:
    world = run_world(time, rounds=Rounds(count=6, page=3))
    await world.open_latest_run()

    async def cancel() -> None:
        await world.interventions.cancel(await world.job(RUN))

    plan = world.definition.plan

    async def cancelled_in_between(run: object, cursor: str | None) -> object:
        page = await plan(run, cursor)  # type: ignore[arg-type]
        if cursor == "3":
            await cancel()
        return page

    object.__setattr__(world.definition, "plan", cancelled_in_between)
    outcome = await world.step()
    await world.work_off()

    assert outcome.what == "lost"
    assert {shard.status for shard in (await world.shards(RUN)).values()} == {"cancelled"}
    assert len(await world.shards(RUN)) == 6
    entry = await world.entry(RUN)
    assert (entry.status, entry.planned, entry.shards) == ("cancelled", 6, {"cancelled": 6})
