"""Do rows end right, whoever dies, does the same, or comes in between?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.documents.containers import ROLLUP_WORK
from tests.integration.jobs.worlds import MovingClock
from tests.integration.metrics.stores import When
from tests.integration.metrics.worlds import ROLL_UPS, World, ago, buckets, calls

HOUR, DAY, MONTH = buckets("2026-11-23T08")
OPERATIONS = 14
"""So many has the recomputing of one mark."""


async def said(of: World) -> dict[str, object]:
    """Return what the rows of hour, day and month say."""
    rows = await of.rows()
    return {name: rows.get(name) for name in (HOUR, DAY, MONTH)}


@pytest.mark.parametrize(
    "operation", ["get rollups", "query usageEvents", "create rollups", "query rollups", "delete rollupWork"]
)
async def test_an_event_that_comes_while_its_bucket_is_recomputed_is_counted(of: World, operation: str) -> None:
    await of.tell()
    of.documents.meanwhile(operation, lambda: of.another().tell(event_id="e2"))
    await of.roll_up()
    marks = await of.marks()
    await of.roll_up()

    assert len(marks) == 1
    assert await said(of) == dict.fromkeys((HOUR, DAY, MONTH), calls(2))
    assert await of.marks() == []


@pytest.mark.parametrize("operation", ["get rollups", "query usageEvents", "replace rollups", "delete rollupWork"])
async def test_an_event_that_is_voided_while_its_bucket_is_recomputed_is_not_counted(of: World, operation: str) -> None:
    await of.tell(updatedAt=ago(hours=2))
    await of.roll_up()
    await of.tell(updatedAt=ago(hours=2))
    of.documents.meanwhile(operation, lambda: of.another().tell(updatedAt=ago(hours=1), void=True))
    await of.roll_up()
    await of.roll_up()

    assert await of.rows() == {}


@pytest.mark.parametrize("operation", ["get rollups", "query usageEvents", "query rollups", "create rollups"])
async def test_two_hours_of_a_day_that_are_recomputed_at_once_both_count(of: World, operation: str) -> None:
    await of.tell()
    await of.plan()
    other = of.another()
    await other.tell(event_id="e2", occurredAt="2026-11-23T05:00:00.000Z")
    of.documents.meanwhile(operation, other.roll_up)
    await of.work()

    assert (await of.rows())[DAY] == calls(2)
    assert (await of.rows())[MONTH] == calls(2)
    assert await of.marks() == []


async def test_whoever_meets_a_conflict_on_the_day_reads_its_hours_again(of: World) -> None:
    await of.tell()
    await of.roll_up()
    other = of.another()
    await of.tell(event_id="e2", occurredAt="2026-11-23T05:00:00.000Z")
    await of.plan()
    await other.tell(event_id="e3", occurredAt="2026-11-23T06:00:00.000Z")
    of.documents.log.clear()
    of.documents.meanwhile("replace rollups", other.roll_up)
    await of.work()

    assert (await of.rows())[DAY] == calls(3)
    assert of.documents.log.count("replace rollups") > 2


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, OPERATIONS + 1))
async def test_a_worker_may_die_anywhere(of: World, time: MovingClock, number: int, when: When) -> None:
    await of.tell(updatedAt=ago(hours=3))
    await of.plan()
    of.documents.die(number, when)
    await of.work()
    assert await of.queues.depth(ROLL_UPS.queue) == 1
    of = of.another()
    await of.tell(updatedAt=ago(hours=2), project="corrected")
    time.now += timedelta(minutes=10)
    await of.work()
    await of.roll_up()

    assert await said(of) == dict.fromkeys((HOUR, DAY, MONTH), calls(1, "corrected"))
    assert await of.marks() == []


async def test_the_operations_above_are_all_that_there_are(of: World) -> None:
    await of.tell()
    await of.plan()
    of.documents.log.clear()
    await of.work()

    assert len(of.documents.log) == OPERATIONS


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, OPERATIONS + 1))
async def test_a_message_that_is_lost_with_its_worker_is_sent_again_at_the_next_tick(
    of: World, number: int, when: When
) -> None:
    await of.tell()
    await of.plan()
    of.documents.die(number, when)
    await of.work()
    of.queues.clear(ROLL_UPS.queue)
    of = of.another()
    await of.roll_up()

    assert await said(of) == dict.fromkeys((HOUR, DAY, MONTH), calls(1))


async def test_two_planners_at_once_are_a_waste_not_a_fault(of: World) -> None:
    await of.tell()
    of.documents.meanwhile("query rollupWork", of.another().plan)
    await of.plan()
    outcomes = await of.work()

    assert [outcome.what for outcome in outcomes] == ["completed", "completed"]
    assert await said(of) == dict.fromkeys((HOUR, DAY, MONTH), calls(1))


@pytest.mark.parametrize("number", range(2, OPERATIONS + 1))
async def test_two_workers_on_the_same_mark_are_a_waste_not_a_fault(of: World, number: int) -> None:
    await of.tell()
    await of.plan()
    await of.plan()
    other, count = of.another(), 0

    async def turn(name: str) -> None:
        nonlocal count
        count += 1
        if count == number:
            await other.work()

    of.documents.turn = turn
    (outcome,) = await of.work()

    assert outcome.what == "completed"
    assert await said(of) == dict.fromkeys((HOUR, DAY, MONTH), calls(1))
    assert await of.marks() == []


async def test_a_mark_that_is_put_again_while_it_is_worked_on_stays(of: World) -> None:
    await of.tell()
    (before,) = await of.all(ROLLUP_WORK)
    of.documents.meanwhile("delete rollupWork", of.another().tell)
    await of.roll_up()

    (mark,) = await of.all(ROLLUP_WORK)
    assert mark["since"] == before["since"]


async def test_a_store_that_fails_in_the_middle_leaves_the_mark_and_the_message(of: World, time: MovingClock) -> None:
    await of.tell()
    of.documents.fail("create rollups", times=1)
    (outcome,) = await of.roll_up()

    assert outcome.what == "store_failed"
    assert len(await of.marks()) == 1
    time.advance(120)
    (again,) = await of.work()
    assert again.what == "completed"
    assert await said(of) == dict.fromkeys((HOUR, DAY, MONTH), calls(1))


async def test_an_answer_that_is_lost_when_the_mark_is_deleted_is_no_fault(of: World, time: MovingClock) -> None:
    await of.tell()
    of.documents.die(OPERATIONS, "after")
    await of.roll_up()
    time.advance(601)
    (outcome,) = await of.another().work()

    assert outcome.what == "completed"
    assert await of.marks() == []
