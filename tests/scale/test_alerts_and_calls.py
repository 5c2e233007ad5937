"""What do calls, evaluations and notifications ask of the store?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from processors.catalogue import measures
from shared import clock
from shared.documents.containers import ALERT_STATES, CALLS
from shared.measures import Ask, Period, read
from tests.integration.alerts.worlds import AlertWorld
from tests.integration.jobs.worlds import MovingClock
from tests.scale.counting import Cost, CountedDocuments, drift, faults, spent
from tests.scale.memory_blobs import MemoryBlobs
from tests.scale.test_users import AZURITE_THAT_IS_NOT_ASKED


def world_of(time: MovingClock, documents: CountedDocuments) -> AlertWorld:
    """Return a worker whose outbox is in memory."""
    world = AlertWorld(time, AZURITE_THAT_IS_NOT_ASKED, documents=documents)
    world.services = replace(world.services, blobs=cast(Any, MemoryBlobs()))
    world.runtime = type(world.runtime)(world.services)
    return world


async def _calls(documents: CountedDocuments, count: int, **members: str) -> None:
    """Let so many calls have been made, of which none was picked up."""
    at = clock.text_now()
    for n in range(count):
        await documents.create(
            CALLS,
            {
                "id": f"call-{n}", "merchantId": f"m{n}", "status": "FINISHED", "initiatedAt": at,
                "outcome": "NO_ANSWER", "updatedAt": at, "executionMode": "TELEPHONY", "direction": "OUTBOUND",
                **members,
            },
        )  # fmt: skip


async def test_a_call_costs_the_same_however_many_come(time: MovingClock) -> None:
    async def taken_in(documents: CountedDocuments, count: int) -> Cost:
        world = world_of(time, documents)
        for n in range(count):
            call = {"call_id": f"c{n}", "merchantId": "m", "status": "FINISHED", "updatedAt": clock.text_now()}
            world.queues.put(world.settings.call_events_queue, json.dumps(call).encode())
        return await spent(documents, world.work_off())

    assert await faults(taken_in, 20) == []


async def test_evaluating_a_scope_costs_the_same_however_many_are_watched(time: MovingClock) -> None:
    async def evaluated(documents: CountedDocuments, count: int) -> Cost:
        world = world_of(time, documents)
        for n in range(count):
            await world.says(f"merchant:m{n}", threshold=50)
        return await spent(documents, world.evaluate())

    assert await faults(evaluated, 5) == []


@pytest.mark.xfail(
    strict=True,
    raises=AssertionError,
    reason="each evaluation streams every call of twice its lookback, not roll-ups of them",
)
async def test_an_evaluation_costs_the_same_however_many_calls_there_were(time: MovingClock) -> None:
    async def evaluated(documents: CountedDocuments, count: int) -> Cost:
        world = world_of(time, documents)
        await _calls(documents, count)
        time.advance(60)
        return await spent(documents, world.evaluate())

    assert await drift(evaluated, 30) == []


@pytest.mark.parametrize("scopes", [1, 4, 16])
async def test_calls_are_read_once_however_many_measures_are_asked_for(time: MovingClock, scopes: int) -> None:
    documents = CountedDocuments()
    world = world_of(time, documents)
    await _calls(documents, 40)
    time.advance(60)
    hour = Period(clock.now() - timedelta(hours=1), clock.now())
    asks = [
        Ask(measure, f"merchant:m{n}", window)
        for n in range(scopes)
        for measure in measures(world.settings)
        for window in (hour, hour.before)
    ]

    cost = await spent(documents, read(world.services, asks))

    assert (documents.asked["query calls"], cost.operations, cost.read) == (1, 2, 40)
    await documents.close()


async def test_telling_of_a_scope_costs_the_same_however_many_fire_at_once(time: MovingClock) -> None:
    async def told(documents: CountedDocuments, count: int) -> Cost:
        world = world_of(time, documents)
        for n in range(count):
            await _calls(documents, 20, id=f"call-{n}", resellerId=f"r{n}")
            await world.says(f"reseller:r{n}", threshold=50, enabled=True)
        await world.says("global", enabled=False)
        time.advance(60)

        async def evaluated_and_told() -> None:
            assert set((await world.evaluate()).values()) == {"breach"}
            await world.work_off()

        cost = await spent(documents, evaluated_and_told())
        assert [outcome.what for outcome in world.outcomes].count("completed") == 1
        return cost

    assert await faults(told, 5) == []


async def test_sending_outboxes_of_alerts_costs_the_same_however_many_states_there_are(time: MovingClock) -> None:
    async def tick(documents: CountedDocuments, count: int) -> Cost:
        world = world_of(time, documents)
        for n in range(count):
            await world.says(f"merchant:m{n}", threshold=50)
        await world.evaluate()
        assert await documents.count(ALERT_STATES) == count + 1
        return await spent(documents, world.send_all())

    # SQLite looks at each of them, Cosmos DB has an index.
    assert await drift(tick, 5, but="steps") == []
