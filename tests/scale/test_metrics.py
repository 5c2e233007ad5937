"""What do usage events, ticks and series of metrics ask of the store?"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import pytest

from operations import metrics
from operations.actor import ROLES, Actor
from processors.metrics.series import asked
from shared import clock
from shared.usage import events
from tests.integration.jobs.worlds import MovingClock
from tests.integration.metrics.worlds import World
from tests.scale import metrics_history
from tests.scale.counting import Cost, CountedDocuments, faults, spent

READER = Actor("ada", frozenset(ROLES), frozenset({"org:acme"}))
DIRTY = 10
TICKS_AN_HOUR = 4


@pytest.fixture
async def documents() -> AsyncIterator[CountedDocuments]:
    """An empty store."""
    made = CountedDocuments()
    yield made
    await made.close()


async def with_history(documents: CountedDocuments, organisations: int) -> None:
    """Let so many organisations have had an event every other day of 60, which rows of days and months still say."""
    await metrics_history.write_first(cast(Any, documents), 30)
    metrics_history.copy_for_others(documents.unwatched(), organisations, ["day", "month"])


async def test_a_tick_costs_the_same_however_many_organisations_have_a_history(time: MovingClock) -> None:
    found = []
    for organisations in (10, 1_000, 10_000):
        documents = CountedDocuments()
        of = World(time, documents)
        await with_history(documents, organisations)
        for number in range(DIRTY):
            name = metrics_history.name_of(number * organisations // DIRTY)
            await events.record(cast(Any, documents), metrics_history.event(name, 1_000_000, 7))
        asked_before, given_before, before = Counter(documents.asked), Counter(documents.given), documents.cost

        planned = await of.plan()
        outcomes = await of.work()

        assert (planned.marks, planned.organisations) == (DIRTY, DIRTY)
        assert [outcome.what for outcome in outcomes] == ["completed"] * DIRTY
        assert await of.marks() == []
        print(f"{organisations} organisations: {documents.cost - before}")
        found.append((documents.asked - asked_before, documents.given - given_before))
        await documents.close()

    assert found[0] == found[1] == found[2]


async def test_taking_in_an_event_costs_the_same_however_many_come(time: MovingClock) -> None:
    async def taken_in(documents: CountedDocuments, count: int) -> Cost:
        of = World(time, documents)
        for number in range(count):
            of.put(event_id=f"e{number}")
        return await spent(documents, of.take_in())

    assert await faults(taken_in, 50) == []


async def test_an_event_costs_the_same_from_message_to_row_however_many_come(time: MovingClock) -> None:
    async def rolled_up(documents: CountedDocuments, count: int) -> Cost:
        of = World(time, documents)
        for number in range(count):
            of.put(event_id=f"e{number}", orgId=f"org-{number}")

        async def all_of_them() -> None:
            await of.take_in()
            await of.roll_up()

        return await spent(documents, all_of_them())

    assert await faults(rolled_up, 10) == []


@pytest.mark.parametrize("count", [100, 1_600])
async def test_an_event_of_a_busy_hour_is_read_at_most_twice(
    time: MovingClock, documents: CountedDocuments, count: int
) -> None:
    of = World(time, documents)
    ticks = 0
    for number in range(count):
        if number * TICKS_AN_HOUR >= (ticks + 0.5) * count:  # in the middle of a slice, which is read again
            await of.roll_up()
            ticks += 1
        of.put(event_id=f"e{number}", occurredAt=clock.text_now())
        await of.take_in()
        time.advance(3600 / count)
    await of.roll_up()

    assert ticks == TICKS_AN_HOUR
    assert await of.marks() == []
    assert documents.given["usageEvents"] <= 2 * count


@pytest.mark.parametrize("read", [metrics.read, metrics.overview], ids=["series", "overview"])
async def test_reading_metrics_costs_the_same_however_many_events_there_were(time: MovingClock, read: Any) -> None:
    found = []
    for count in (48, 4 * 48, 16 * 48):
        documents = CountedDocuments()
        of = World(time, documents)
        for number in range(count):
            at = clock.text_now(timedelta(days=-number % 6, hours=-number % 8, seconds=-number))
            of.put(event_id=f"e{number}", occurredAt=at, values={"cost": 0.01})
        await of.settle()
        question = asked("acme", clock.now() - timedelta(days=3), clock.now())

        before = documents.cost
        answer = await read(of.services, READER, question)
        cost = documents.cost - before

        assert sum(metric["total_events"] for metric in answer["metrics"]) > 0
        found.append((cost.operations, cost.read))
        await documents.close()

    assert found[0][1] > 0
    assert found[0] == found[1] == found[2]
