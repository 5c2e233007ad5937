"""A machine whose clock was weeks ahead has caught up: are slots still found missed until then?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.integration.jobs.worlds import MovingClock
from tests.integration.runs.worlds import run_world

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEKS = timedelta(weeks=4)


async def test_a_schedule_that_a_clock_weeks_ahead_saw_first_is_active_from_when_it_is_seen_again(
    time: MovingClock,
) -> None:
    world = run_world(time, catch_up="last")
    time.now = MONDAY - timedelta(days=3) + WEEKS
    await world.catch_up()
    time.now -= WEEKS
    await world.catch_up()
    time.now = MONDAY + timedelta(minutes=3)

    assert (await world.catch_up()).opened == ("rounds|2026-W48",)


async def test_what_had_run_before_is_not_run_again(time: MovingClock) -> None:
    world = run_world(time, catch_up="last")
    time.now = MONDAY - timedelta(days=3)
    await world.catch_up()
    time.now = MONDAY
    await world.open_latest_run()
    await world.work_off()
    time.now += WEEKS
    await world.catch_up()
    time.now -= WEEKS - timedelta(minutes=5)

    assert (await world.catch_up()).opened == ()
