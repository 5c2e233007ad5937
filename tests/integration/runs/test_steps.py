"""How does a run get from its timer to its end?"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from shared import clock
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Permanent, Transient, Unavailable
from shared.jobs.record import LIVE
from shared.jobs.runs.definition import Page, Run
from tests import cosmos_stores
from tests.integration.jobs.worlds import Killed, MovingClock, WatchedDocuments
from tests.integration.runs.worlds import LOOK, RUN_QUEUE, SHARD_QUEUE, Rounds, run_world

RUN = "rounds|2026-W48"


async def test_a_ringing_timer_only_sends_the_message_of_its_slots_run(time: MovingClock) -> None:
    world = run_world(time)

    opened = await world.open_latest_run()

    assert (opened.what, opened.id) == ("accepted", RUN)
    assert world.rounds.plans == []
    assert await world.queues.depth(RUN_QUEUE) == 1


async def test_a_run_plans_its_shards_waits_for_them_fans_in_and_completes(time: MovingClock) -> None:
    world = run_world(time)
    await world.open_latest_run()

    await world.step()
    assert (await world.entry(RUN)).status == "running"
    assert set(await world.shards(RUN)) == {"s00000", "s00001", "s00002"}
    while await world.deliver(SHARD_QUEUE):
        pass
    time.now += LOOK
    await world.step()
    assert (await world.entry(RUN)).status == "fan-in"
    await world.step()

    entry = await world.entry(RUN)
    assert (entry.status, entry.planned, entry.shards, entry.counters) == (
        "completed",
        3,
        {"completed": 3},
        {"done": 3},
    )
    assert (await world.job(RUN)).record.status == "completed"


async def test_the_ledger_says_slot_trigger_by_whom_and_how_long_each_phase_took(time: MovingClock) -> None:
    world = run_world(time)
    await world.open_latest_run()
    time.advance(2)

    await world.work_off()

    entry = await world.entry(RUN)
    assert (entry.slot, clock.to_text(entry.slot_at)) == ("2026-W48", "2026-11-23T09:00:00.000Z")
    assert (entry.trigger, entry.by) == ("timer", "RingRounds")
    assert entry.durations() == {"planning": 0, "running": LOOK.total_seconds(), "fanIn": 0, "total": 7.0}


async def test_a_run_looks_again_until_all_shards_have_ended(time: MovingClock) -> None:
    world = run_world(time)
    await world.open_latest_run()
    await world.step()

    for _ in range(3):
        outcome = await world.step()
        assert outcome.what == "next"

    assert (await world.entry(RUN)).status == "running"


async def test_the_ledger_counts_shards_by_state_as_they_end(time: MovingClock) -> None:
    world = run_world(time)
    await world.open_latest_run()
    await world.step()
    await world.deliver(SHARD_QUEUE)

    await world.step()

    assert (await world.entry(RUN)).shards == {"completed": 1, "queued": 2}


async def test_a_run_without_shards_completes(time: MovingClock) -> None:
    world = run_world(time, rounds=Rounds(count=0))
    await world.open_latest_run()

    await world.work_off()

    assert await world.runs() == {RUN: "completed"}


async def test_a_run_whose_shards_failed_completes_with_failures(time: MovingClock) -> None:
    def fail(shard: str) -> None:
        if shard == "s00001":
            raise Permanent("gone", code="gone")

    world = run_world(time, rounds=Rounds(on_shard=fail))
    await world.open_latest_run()

    await world.work_off()

    entry = await world.entry(RUN)
    assert (entry.status, entry.shards) == ("completed_with_failures", {"completed": 2, "dead": 1})


async def test_a_shard_that_is_replayed_while_the_run_waits_is_waited_for(time: MovingClock) -> None:
    broken = True

    def fail(shard: str) -> None:
        if broken and shard == "s00001":
            raise Permanent("gone", code="gone")
        if broken and shard == "s00002":
            raise Transient("later")

    world = run_world(time, rounds=Rounds(on_shard=fail))
    await world.open_latest_run()
    await world.step()
    for _ in range(3):
        await world.deliver(SHARD_QUEUE)
    letter = await world.records.get((await world.shards(RUN))["s00001"].key)
    assert letter is not None
    await world.interventions.replay(letter)
    broken = False

    await world.work_off()

    assert (await world.entry(RUN)).status == "completed"


async def test_a_plan_of_ten_thousand_is_several_messages(time: MovingClock) -> None:
    world = run_world(time, rounds=Rounds(count=10_000, page=500))
    await world.open_latest_run()

    steps = 0
    while (await world.step()).what == "next" and (await world.runs())[RUN] == "planning":
        steps += 1

    assert steps >= 9
    assert len(await world.shards(RUN)) == (await world.entry(RUN)).planned == 10_000
    assert world.rounds.plans == [None, *(str(n) for n in range(500, 10_000, 500))]


async def test_a_planner_killed_midway_goes_on_at_its_last_page_and_plans_each_shard_once(time: MovingClock) -> None:
    world = run_world(time, rounds=Rounds(count=40, page=10))
    killed = []

    def die(cursor: str | None) -> None:
        if cursor == "20" and not killed:
            killed.append(cursor)
            raise Killed

    world.rounds.on_plan = die
    await world.open_latest_run()
    with pytest.raises(Killed):
        await world.step()
    time.advance(120)

    await world.second_worker().work_off()

    assert world.rounds.plans == [None, "10", "20", "20", "30"]
    assert sorted(world.rounds.done) == [f"s{n:05}" for n in range(40)]
    assert (await world.entry(RUN)).status == "completed"


async def test_a_shard_that_died_stays_dead_when_its_page_is_planned_again(time: MovingClock) -> None:
    documents = WatchedDocuments(SqliteDocuments(":memory:"), [])
    world = run_world(time, documents=documents, rounds=Rounds(count=1))
    world.rounds.on_shard = _gone
    world.rounds.on_plan = lambda cursor: documents.fail(
        "runs", times=1
    )  # the page is enqueued, that it was isn't said
    await world.open_latest_run()
    assert (await world.step()).what == "store_failed"
    await world.deliver(SHARD_QUEUE)
    world.rounds.on_shard = lambda shard: None
    world.rounds.on_plan = lambda cursor: None

    await world.work_off()

    assert (world.rounds.plans, world.rounds.done) == ([None, None], [])
    assert (await world.entry(RUN)).shards == {"dead": 1}


async def test_a_step_whose_effect_stands_goes_through_its_ending_without_working(time: MovingClock) -> None:
    documents = WatchedDocuments(SqliteDocuments(":memory:"), [])
    world = run_world(time, documents=documents, rounds=Rounds(count=0))
    await world.open_latest_run()
    documents.fail("job waiting")
    assert (await world.step()).what == "store_failed"  # the ledger says fan-in, the job's record doesn't
    documents.heal()
    time.advance(120)

    outcome = await world.second_worker().step()

    assert (outcome.what, world.rounds.fan_ins, len(world.rounds.plans)) == ("next", [], 1)


async def test_a_plan_that_stands_still_is_a_dead_letter(time: MovingClock) -> None:
    world = run_world(time)

    async def stand_still(run: Run, cursor: str | None) -> Page:
        return Page([], "here")

    object.__setattr__(world.definition, "plan", stand_still)
    await world.open_latest_run()

    outcome = await world.step()

    assert (outcome.what, outcome.code) == ("dead", "plan_stands_still")
    assert (await world.entry(RUN)).status == "failed"


async def test_a_planning_step_that_fails_is_retried_like_any_job(time: MovingClock) -> None:
    world = run_world(time)
    failures = [Transient("the list of users is away"), None]

    def fail(cursor: str | None) -> None:
        if failure := failures.pop(0):
            raise failure

    world.rounds.on_plan = fail
    await world.open_latest_run()

    assert (await world.step()).what == "retry"
    assert (await world.entry(RUN)).status == "planning"
    await world.work_off()

    assert (await world.entry(RUN)).status == "completed"


async def test_a_run_that_fails_for_good_is_failed_with_its_error_and_goes_on_where_it_was_when_replayed(
    time: MovingClock,
) -> None:
    world = run_world(time)
    broken = [True]

    def fail() -> None:
        if broken:
            raise Permanent("no template", code="no_template")

    world.rounds.on_fan_in = fail
    await world.open_latest_run()
    await world.work_off()
    entry = await world.entry(RUN)
    assert entry.error is not None
    assert (entry.status, entry.error["class"], entry.error["code"]) == ("failed", "Permanent", "no_template")

    broken.clear()
    await world.interventions.replay(await world.job(RUN))
    await world.work_off()

    entry = await world.entry(RUN)
    assert (entry.status, entry.error, entry.shards) == ("completed", None, {"completed": 3})
    assert len(world.rounds.plans) == 1


@pytest.mark.parametrize("write", range(1, 6))
@pytest.mark.parametrize("how", ["down", "lost"])
async def test_a_run_completes_whichever_write_of_its_ledger_fails_or_loses_its_answer(
    time: MovingClock, write: int, how: str
) -> None:
    documents = WatchedDocuments(SqliteDocuments(":memory:"), [])
    world = run_world(time, documents=documents, rounds=Rounds(count=4, page=2))
    await world.open_latest_run()
    written = 0
    real = documents._fault

    def fault(what: str) -> bool:
        nonlocal written
        written += what == "runs"
        if what == "runs" and written == write:
            if how == "down":
                raise Unavailable("the store is down", dependency="store")
            return True
        return real(what)

    documents._fault = fault  # type: ignore[method-assign]
    await world.work_off()

    assert sorted(world.rounds.done) == ["s00000", "s00001", "s00002", "s00003"]
    assert (await world.entry(RUN)).status == "completed"
    assert not [r for r in (await world.shards(RUN)).values() if r.status in LIVE]


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"name": "rounds", "slot": "2026-11-23"}, "takes an ISO week, such as 2026-W48"),
        ({"name": "squares", "slot": "2026-W48"}, "Known are: rounds"),
        ({"name": "rounds", "slot": "2026-W60"}, "is no slot"),
    ],
)
async def test_a_message_that_names_no_run_becomes_a_dead_letter(
    time: MovingClock, members: dict[str, str], says: str
) -> None:
    world = run_world(time)
    world.put_run(**members)

    outcome = await world.step()

    assert (outcome.what, outcome.code) == ("dead", "unknown_run")
    job = await world.records.get(next(iter([world.kind.key_of(world.kind.model(**members))])))
    assert job is not None
    assert job.record.reason is not None
    assert says in job.record.reason.message
    assert await world.runs() == {}


def _gone(shard: str) -> None:
    raise Permanent("gone", code="gone")


async def test_a_run_that_waits_long_looks_less_often_up_to_a_minute(time: MovingClock) -> None:
    world = run_world(time)
    await world.open_latest_run()
    await world.step()
    looked = [time.now]
    while looked[-1] - looked[0] < timedelta(hours=2):
        await world.step()
        looked.append(time.now)

    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(looked)]
    assert (gaps[1], max(gaps)) == (LOOK.total_seconds(), 60)
    assert gaps == sorted(gaps)


async def test_a_run_is_the_same_in_cosmos_db(time: MovingClock, cosmos_standin: str) -> None:
    async with cosmos_stores.on_standin(cosmos_standin) as cosmos:
        world = run_world(time, documents=cosmos, rounds=Rounds(count=30, page=10), catch_up="once")
        await world.catch_up()
        time.now += timedelta(days=14, hours=1)

        await world.catch_up()
        await world.work_off()
        forced = await world.ask("2026-W50", force=True)
        await world.step()
        await world.interventions.cancel(await world.job(forced.id))

        assert await world.runs() == {
            "rounds|2026-W49": "missed",
            "rounds|2026-W50": "completed",
            "rounds|2026-W50|1": "cancelled",
        }
        assert (await world.entry("rounds|2026-W50")).shards == {"completed": 30}
        assert {shard.status for shard in (await world.shards(forced.id)).values()} == {"cancelled"}
