"""Do findings about runs and timers fire and resolve, as time moves on?"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from processors.health.watched import WATCH
from shared import clock
from tests.integration.health.worlds import HealthWorld
from tests.integration.jobs.worlds import MovingClock

MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+00:00")


async def test_an_app_that_does_well_is_told_of_nothing(world: HealthWorld) -> None:
    found = await world.watch()

    assert [check for check in found.values() if check.state == "finding"] == []
    assert await world.open_alerts() == []


async def test_a_missed_monday_is_told_an_hour_later_and_is_over_once_the_digest_is_done(world: HealthWorld) -> None:
    world.time.now = MONDAY + timedelta(days=7)
    await world.runs_succeed(but=["digest"])
    scope = "run:digest:slot"

    world.time.now += timedelta(minutes=59)
    assert (await world.watch())[scope].state == "ok"
    world.time.now = MONDAY + timedelta(days=7, minutes=61)
    assert (await world.watch())[scope].state == "finding"
    text = await world.text(scope)
    await world.ran("digest", MONDAY + timedelta(days=7), ended=clock.now())
    await world.watch()

    assert await world.told(scope) == ["firing", "resolved"]
    assert "Slot 2026-W49 of digest isn't completed" in text
    assert "no run of it has begun" in text
    assert "Run: digest|2026-W48 is completed" in text
    assert "Queue digest-jobs: 0 messages; its poison queue: 0 messages." in text
    assert "Processes: " in text
    assert "docs/operating.md#a-slot-is-late" in text


async def test_a_daily_job_without_success_for_36_hours_is_told_and_is_over_with_the_next_success(
    world: HealthWorld,
) -> None:
    last = datetime.fromisoformat("2026-11-23T07:00:00+00:00")
    await world.ran("scraper", last, ended=last)
    scope = "run:scraper:success"
    await world.ran("scraper", last + timedelta(days=1), status="failed", ended=last + timedelta(days=1))

    world.time.now = last + timedelta(hours=36)
    assert (await world.watch())[scope].state == "ok"
    assert (await world.watch())[scope].state == "finding"
    world.time.now = last + timedelta(hours=48)
    await world.ran("scraper", last + timedelta(days=2), ended=clock.now())
    await world.watch()

    assert await world.told(scope) == ["firing", "resolved"]


async def test_a_run_that_takes_twice_as_long_as_those_before_is_told_while_it_runs(world: HealthWorld) -> None:
    six = datetime.fromisoformat("2026-11-23T06:00:00+00:00")
    for days in range(1, 7):
        begun = six - timedelta(days=days)
        await world.ran("moods", begun, ended=begun + timedelta(minutes=10))
    await world.ran("moods", six, status="running", planned=4, shards={"completed": 1, "running": 3})
    scope = "run:moods:duration"

    await world.watch()
    text = await world.text(scope)
    await world.ran("moods", six + timedelta(days=1), opened=clock.now(), ended=clock.now())
    await world.watch()

    assert await world.told(scope) == ["firing", "resolved"]
    assert "moods|2026-11-23 has taken 3 h" in text
    assert "1 of 4 shards ended" in text


@pytest.mark.parametrize("timer", ["RescueJobs", "DispatchAlerts", "CatchUpRuns", "AggregateMetrics"])
async def test_a_silent_housekeeping_timer_is_told_and_is_over_with_its_next_beat(
    world: HealthWorld, timer: str
) -> None:
    for _ in range(6):
        await world.timers_beat(but=[timer])
        await world.watch()
    fired = await world.open_alerts()
    await world.timers_beat()
    await world.watch()

    assert [scope for scope in fired if scope.startswith("timer:")] == [f"timer:{timer}"]
    assert await world.told(f"timer:{timer}") == ["firing", "resolved"]


async def test_a_dead_watch_is_told_by_catch_up_and_is_over_once_it_looks(world: HealthWorld) -> None:
    await world.watch()
    for _ in range(3):
        world.time.advance(300)
        found = await world.watch_the_watch()
        await world.timers_beat(but=[WATCH])
    assert found.state == "finding"
    text = await world.text("timer:WatchJobHealth")
    world.time.advance(60)
    await world.watch()

    assert await world.told("timer:WatchJobHealth") == ["firing", "resolved"]
    assert "docs/operating.md#a-housekeeping-timer-is-silent" in text
    assert "Processes: " in text


async def test_a_watch_that_never_looked_is_told_once_it_is_expected_to(time: MovingClock) -> None:
    world = HealthWorld(time)
    assert (await world.watch_the_watch()).state == "ok"
    time.advance(16 * 60)

    assert (await world.watch_the_watch()).state == "finding"
    assert await world.told("timer:WatchJobHealth") == ["firing"]
    await world.close()


async def test_a_schedule_that_nobody_has_met_yet_is_unknown_and_not_told(time: MovingClock) -> None:
    world = HealthWorld(time)

    found = await world.watch()

    assert {check.state for scope, check in found.items() if scope.endswith((":slot", ":success"))} == {"unknown"}
    assert await world.open_alerts() == []
    await world.close()


async def test_after_a_night_without_a_host_no_timer_is_told_of_that_has_had_no_time_since(world: HealthWorld) -> None:
    await world.watch()
    world.time.advance(9 * 3600)

    found = await world.watch_the_watch()
    seen = await world.watch()
    for _ in range(5):
        await world.timers_beat(but=["AggregateMetrics"])
        later = await world.watch()

    assert found.state == "ok"
    assert [scope for scope, check in seen.items() if scope.startswith("timer:") and check.state != "ok"] == []
    assert [scope for scope, check in later.items() if scope.startswith("timer:") and check.state != "ok"] == [
        "timer:AggregateMetrics"
    ]


async def test_a_digest_for_one_user_does_not_complete_its_slot(world: HealthWorld) -> None:
    world.time.now = MONDAY + timedelta(days=7, hours=2)
    await world.runs_succeed(but=["digest"])
    await world.ran("digest", MONDAY + timedelta(days=7), ended=clock.now(), for_one=True)

    assert (await world.watch())["run:digest:slot"].state == "finding"
