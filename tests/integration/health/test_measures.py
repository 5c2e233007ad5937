"""Do the measures of job health say what the watch sees, and may alert rules ask for them?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from processors.alerts import judging
from processors.alerts.condition import Condition
from processors.catalogue import SOURCES, measures
from shared import clock
from shared.documents.containers import ROLLUP_WORK
from shared.errors import Permanent, Transient, UsageError
from shared.jobs import ended_events, transitions
from shared.jobs.record import JobKey, Record
from shared.measures import Ask, Measured, NoData, Period, Reading, read
from shared.rollups import marks
from shared.rollups.rolling_up import roll_up, source_of
from shared.usage.budget import Caller, Usage
from tests.integration.health.worlds import HealthWorld

TASTE = "taste-analysis-jobs"
HOUR = timedelta(hours=1)
REASON = transitions.reason_of("taste", Permanent("gone", code="gone"))


async def value(world: HealthWorld, name: str, scope: str = "global", window: timedelta = 24 * HOUR) -> Reading:
    """Return a reading of the window that ends now."""
    now = clock.now()
    ask = Ask(measures(world.settings).named(name), scope, Period(now - window, now))
    return (await read(world.services, [ask]))[0]


def number(reading: Reading) -> tuple[float, str, int]:
    assert isinstance(reading, Measured), reading
    return reading.value, reading.unit, reading.sample


async def test_the_oldest_unfinished_job_is_measured_in_hours(world: HealthWorld) -> None:
    assert number(await value(world, "job_oldest_unfinished_hours")) == (0.0, "h", 0)
    asked = clock.now() - 30 * HOUR
    record = Record(JobKey("ada", "hat"), "taste", TASTE, "waiting", asked, asked, unfinished_since=asked)
    await world.records.create(record)

    assert number(await value(world, "job_oldest_unfinished_hours")) == (30.0, "h", 1)


async def test_queues_and_poison_queues_are_counted_each_and_together(world: HealthWorld) -> None:
    world.put(TASTE, 3)
    world.put("notifications", 2)
    world.put(f"{TASTE}-poison", 1)

    assert number(await value(world, "queue_depth", f"queue:{TASTE}"))[:2] == (3.0, "messages")
    assert number(await value(world, "queue_depth"))[0] == 5.0
    assert number(await value(world, "poison_depth", f"queue:{TASTE}"))[0] == 1.0
    assert number(await value(world, "poison_depth", "queue:notifications"))[0] == 0.0


async def test_hours_since_a_run_succeeded_are_of_its_last_success(world: HealthWorld) -> None:
    seven = datetime.fromisoformat("2026-11-23T07:00:00+00:00")
    await world.ran("scraper", seven, ended=seven)
    await world.ran("scraper", seven + 24 * HOUR, status="failed", ended=seven + 24 * HOUR)
    world.time.now = seven + 36 * HOUR

    assert number(await value(world, "run_hours_since_success", "run:scraper"))[:2] == (36.0, "h")


async def test_a_run_that_never_succeeded_has_no_data(world: HealthWorld) -> None:
    await world.ran("scraper", datetime.fromisoformat("2026-11-23T07:00:00+00:00"), status="failed")

    assert isinstance(await value(world, "run_hours_since_success", "run:scraper"), NoData)


async def test_the_share_of_dead_letters_is_of_the_window_and_of_a_queue(world: HealthWorld) -> None:
    assert isinstance(await value(world, "job_dead_letter_ratio"), NoData)
    for name, ended in (("a", "dead"), ("b", "completed"), ("c", "completed"), ("d", "completed")):
        record = Record(JobKey("ada", name), "taste", TASTE, "running", clock.now(), clock.now())
        done = transitions.dead(record, REASON) if ended == "dead" else transitions.completed(record)
        await ended_events.tell(world.documents, done)
    await rolled_up(world)
    world.time.advance(3600)

    assert number(await value(world, "job_dead_letter_ratio")) == (25.0, "%", 4)
    assert number(await value(world, "job_dead_letter_ratio", f"queue:{TASTE}")) == (25.0, "%", 4)
    assert isinstance(await value(world, "job_dead_letter_ratio", "queue:notifications"), NoData)


async def test_marks_and_spending_are_measured(world: HealthWorld) -> None:
    assert number(await value(world, "rollup_mark_age_minutes")) == (0.0, "min", 0)
    usage = Usage(world.documents, world.settings.llm_daily_budget_micro_usd)
    await usage.record(Caller("job", 0), "gpt-4o-mini", 1, 1, 1_250_000)
    world.time.advance(600)
    age = number(await value(world, "rollup_mark_age_minutes"))
    await rolled_up(world)

    assert age == (10.0, "min", 1)
    assert number(await value(world, "model_spend_share")) == (25.0, "%", 1)


async def test_a_queue_that_cannot_be_asked_is_a_failure_and_not_no_data(world: HealthWorld) -> None:
    del world.queues._queues[TASTE]

    with pytest.raises(Transient, match="There is no queue"):
        await value(world, "queue_depth")


@pytest.mark.parametrize(
    ("name", "scope", "says"),
    [
        ("queue_depth", "queue:taste-analysis-job", "Did you mean 'taste-analysis-jobs'?"),
        ("queue_depth", "run:digest", "It takes global or queue:NAME"),
        ("run_hours_since_success", "global", "It takes run:NAME. There are: digest, moods"),
        ("run_hours_since_success", "run:metrics-backfill", "is no scope"),
        ("model_spend_share", "org:acme", "It takes global."),
    ],
)
async def test_a_scope_that_a_measure_does_not_know_is_refused_with_those_it_does(
    world: HealthWorld, name: str, scope: str, says: str
) -> None:
    with pytest.raises(UsageError) as refused:
        await value(world, name, scope)

    assert says in str(refused.value)


async def test_an_option_is_refused(world: HealthWorld) -> None:
    now = clock.now()
    ask = Ask(measures(world.settings).named("queue_depth"), "global", Period(now - HOUR, now), {"tests": True})

    with pytest.raises(UsageError, match="takes no option 'tests'"):
        await read(world.services, [ask])


async def test_a_rules_condition_is_judged_by_them(world: HealthWorld) -> None:
    said: dict[str, Any] = {
        "measure": "queue_depth", "scope": f"queue:{TASTE}", "operator": ">", "threshold": 2, "windowSeconds": 3600,
    }  # fmt: skip
    condition = Condition.model_validate(said)
    world.put(TASTE, 3)

    asks = judging.asks_of(condition, measures(world.settings), clock.now())
    judged = judging.judged(condition, await read(world.services, asks), clock.now())

    assert (judged.verdict, judged.value) == ("breach", 3.0)


async def rolled_up(world: HealthWorld) -> None:
    """Recompute all that is marked."""
    found = [marks.standing(document).mark async for document in world.documents.query(ROLLUP_WORK)]
    for mark in found:
        await roll_up(world.documents, source_of(SOURCES, mark.kind), [mark])
