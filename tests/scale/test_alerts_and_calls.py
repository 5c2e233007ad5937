"""What do calls, evaluations and notifications ask of the store?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from bench.memory_blobs import MemoryBlobs
from processors.pickup_rate.calls import Call
from processors.pickup_rate.measures import MEASURES
from processors.pickup_rate.rollups import CALL_SOURCE, KINDS
from processors.pickup_rate.taking_in import take_in
from shared import clock
from shared.documents.containers import ALERT_STATES
from shared.measures import Ask, Period, read
from shared.rollups.rolling_up import roll_up_standing
from tests.integration.alerts.worlds import AlertWorld
from tests.integration.jobs.worlds import MovingClock
from tests.scale.counting import Cost, CountedDocuments, drift, faults, spent
from tests.scale.test_users import AZURITE_THAT_IS_NOT_ASKED


def world_of(time: MovingClock, documents: CountedDocuments) -> AlertWorld:
    """Return a worker whose outbox is in memory."""
    world = AlertWorld(time, AZURITE_THAT_IS_NOT_ASKED, documents=documents)
    world.services = replace(world.services, blobs=cast(Any, MemoryBlobs()))
    world.runtime = type(world.runtime)(world.services)
    return world


async def _calls(
    documents: CountedDocuments, count: int, *, merchants: int = 1, prefix: str = "", **members: str
) -> None:
    """Let so many calls have been made, of which none was picked up, and let them be rolled up."""
    at = clock.text_now()
    for n in range(count):
        said = {
            "call_id": f"call-{prefix}{n}", "merchantId": f"m{n % merchants}", "status": "FINISHED", "initiatedAt": at,
            "outcome": "NO_ANSWER", "updatedAt": at, "requestId": f"lead-{prefix}{n // 2}", **members,
        }  # fmt: skip
        await take_in(documents, Call.model_validate(said))
    for kind in KINDS:
        await roll_up_standing(documents, CALL_SOURCE, kind, 10_000)


@pytest.mark.parametrize("begun", [False, True], ids=["that-has-not-begun", "of-a-lead-of-two"])
async def test_a_call_costs_the_same_however_many_come(time: MovingClock, begun: bool) -> None:
    async def taken_in(documents: CountedDocuments, count: int) -> Cost:
        world = world_of(time, documents)
        for n in range(count):
            call = {"call_id": f"c{n}", "merchantId": "m", "status": "FINISHED", "updatedAt": clock.text_now()}
            if begun:
                call |= {"requestId": f"lead-{n // 2}", "initiatedAt": clock.text_now()}
            world.queues.put(world.settings.call_events_queue, json.dumps(call).encode())
        return await spent(documents, world.work_off())

    assert await faults(taken_in, 20) == []


async def test_evaluating_a_scope_costs_the_same_however_many_are_watched(time: MovingClock) -> None:
    async def evaluated(documents: CountedDocuments, count: int) -> Cost:
        world = world_of(time, documents)
        for n in range(count):
            await world.says(f"merchant:m{n}", threshold=50)
        time.advance(300)  # at a full hour a day is made of hours alone, else of slices too
        return await spent(documents, world.evaluate())

    assert await faults(evaluated, 5) == []


@pytest.mark.parametrize("merchants", [1, 10_000], ids=["of-one-merchant", "of-a-merchant-each"])
async def test_an_evaluation_costs_the_same_however_many_calls_there_were(time: MovingClock, merchants: int) -> None:
    async def evaluated(documents: CountedDocuments, count: int) -> Cost:
        world = world_of(time, documents)
        await world.says("merchant:m0", threshold=50)
        await _calls(documents, count, merchants=merchants)
        time.advance(300)
        cost = await spent(documents, world.evaluate())
        assert documents.given["callRollups"] > 0
        return cost

    assert await drift(evaluated, 30) == []


async def test_a_slice_is_rolled_up_at_the_same_cost_for_each_of_its_calls(time: MovingClock) -> None:
    async def rolled_up(documents: CountedDocuments, count: int) -> Cost:
        at = clock.text_now()
        for n in range(count):
            said = {"call_id": f"c{n}", "merchantId": "m", "requestId": f"l{n}", "status": "FINISHED", "updatedAt": at}
            await take_in(documents, Call.model_validate({**said, "initiatedAt": at}))

        async def all_kinds() -> None:
            for kind in KINDS:
                await roll_up_standing(documents, CALL_SOURCE, kind, 10_000)

        return await spent(documents, all_kinds())

    assert await faults(rolled_up, 20) == []


@pytest.mark.parametrize("scopes", [1, 4, 16])
async def test_each_window_is_read_once_however_many_measures_are_asked_for(time: MovingClock, scopes: int) -> None:
    documents = CountedDocuments()
    world = world_of(time, documents)
    await _calls(documents, 40, merchants=40)
    time.advance(300)
    hour = Period(clock.now() - timedelta(hours=1), clock.now())
    asks = [
        Ask(measure, f"merchant:m{n}", window)
        for n in range(scopes)
        for measure in MEASURES
        for window in (hour, hour.before)
    ]
    before = documents.asked["query callRollups"]

    await spent(documents, read(world.services, asks))

    assert documents.asked["query callRollups"] - before == 2 * scopes  # each window is 12 slices
    await documents.close()


async def test_telling_of_a_scope_costs_the_same_however_many_fire_at_once(time: MovingClock) -> None:
    async def told(documents: CountedDocuments, count: int) -> Cost:
        world = world_of(time, documents)
        for n in range(count):
            await _calls(documents, 20, merchantId=f"m{n}", resellerId=f"r{n}", prefix=f"{n}-")
            await world.says(f"reseller:r{n}", threshold=50, enabled=True)
        await world.says("global", enabled=False)
        time.advance(300)

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
