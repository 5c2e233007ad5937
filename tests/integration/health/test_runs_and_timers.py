"""Do findings about runs and timers fire and resolve, as time moves on?"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared import clock
from tests.integration.health.worlds import HealthWorld

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
    assert "Queue digest-jobs: 0 messages, 0 in its poison queue." in text
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
