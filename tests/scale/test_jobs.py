"""What do likes, runs, gates and housekeeping ticks ask of the store?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from shared import clock
from shared.documents.containers import RUNS, TASTE_EVIDENCE
from shared.jobs.gates import Gates
from shared.jobs.kinds import Registry
from shared.jobs.rescue import Rescue
from shared.jobs.runs.ledger import Entry, Ledger
from shared.usage.budget import Caller, Usage
from tests.integration.jobs.worlds import Handling, MovingClock
from tests.integration.runs.worlds import Rounds, run_world
from tests.integration.taste.worlds import SHELF, TasteWorld
from tests.jobs_world import World, errand_kind
from tests.scale.counting import Cost, CountedDocuments, drift, faults, spent


async def test_a_like_costs_the_same_however_many_users_like(time: MovingClock) -> None:
    async def likes(documents: CountedDocuments, count: int) -> Cost:
        world = TasteWorld(cast(Any, documents))

        async def all_of() -> None:
            for n in range(count):
                await world.deliver({"user_id": f"user-{n}", "item_id": "hat", "image_url": f"{SHELF}red.png"})

        return await spent(documents, all_of())

    assert await faults(likes, 5) == []


async def test_a_like_reads_the_newest_500_evidences_of_its_user_and_no_more(time: MovingClock) -> None:
    async def one_like(documents: CountedDocuments, count: int) -> Cost:
        world = TasteWorld(cast(Any, documents))
        for n in range(500 + count):
            at = clock.text_now(-timedelta(minutes=n))
            await documents.create(TASTE_EVIDENCE, _evidence(n, at))
        return await spent(documents, world.like("hat"))

    assert await drift(one_like, 50) == []


def _evidence(n: int, at: str) -> dict[str, Any]:
    return {
        "id": f"e{n}", "userId": "ada", "signal": "up", "createdAt": at, "jobId": f"j{n}", "generation": 0,
        "order": f"{at}|j{n}", "findings": None, "schemaVersion": 1,
    }  # fmt: skip


async def test_a_shard_costs_the_same_however_many_a_run_has(time: MovingClock) -> None:
    async def run(documents: CountedDocuments, count: int) -> Cost:
        world = run_world(time, documents=documents, rounds=Rounds(count=count))

        async def all_of() -> None:
            await world.open_latest_run()
            await world.work_off()

        return await spent(documents, all_of())

    assert await faults(run, 20) == []


async def test_a_message_at_a_closed_gate_costs_the_same_however_many_wait(time: MovingClock) -> None:
    async def waiting(documents: CountedDocuments, count: int) -> Cost:
        world = World(errand_kind(Handling()), documents=documents)
        until = clock.now() + timedelta(hours=1)
        await Gates(cast(Any, documents)).close("model:small", reason="test", by="test", until=until)
        for n in range(count):
            world.put(f'{{"name": "errand-{n}"}}')

        async def all_of() -> None:
            for _ in range(count):
                await world.deliver_one()

        return await spent(documents, all_of())

    assert await faults(waiting, 10) == []


async def test_asking_what_models_cost_today_costs_the_same_however_often_they_were_called(time: MovingClock) -> None:
    async def asked(documents: CountedDocuments, count: int) -> Cost:
        mine, others = Usage(cast(Any, documents), 10**9), Usage(cast(Any, documents), 10**9)
        for n in range(count):
            await others.record(Caller(f"job-{n}", 0), "small", 1, 1, 2)
        assert await mine.spent() == 2 * count
        time.advance(600)
        await others.record(Caller("another", 0), "small", 1, 1, 3)
        await mine.spent()
        time.advance(60)
        cost = await spent(documents, mine.spent())
        assert await mine.spent() == 2 * count + 3
        return cost

    assert await drift(asked, 10) == []


async def test_waking_a_job_costs_the_same_however_many_sleep(time: MovingClock) -> None:
    async def tick(documents: CountedDocuments, count: int) -> Cost:
        world = await _sleeping(documents, count)
        time.advance(3600)
        return await spent(documents, _rescue_of(world).run())

    assert await faults(tick, 10) == []


async def test_a_rescue_tick_costs_the_same_however_many_jobs_are_on_their_way(time: MovingClock) -> None:
    async def tick(documents: CountedDocuments, count: int) -> Cost:
        return await spent(documents, _rescue_of(await _sleeping(documents, count)).run())

    assert await drift(tick, 50) == []


async def _sleeping(documents: CountedDocuments, count: int) -> World:
    """Let there be so many jobs that wait for their message."""
    world = World(errand_kind(Handling()), documents=documents)
    for n in range(count):
        await world.producer.enqueue(world.kind, {"name": f"errand-{n}"}, by="test")
    return world


def _rescue_of(world: World) -> Rescue:
    return Rescue(world.records, world.queues, world.runtime.gates, Registry([world.kind]))


async def test_a_catch_up_tick_costs_the_same_however_much_has_run(time: MovingClock) -> None:
    async def tick(documents: CountedDocuments, count: int) -> Cost:
        world = run_world(time, documents=documents)
        await world.catch_up()
        for n in range(count):
            at = clock.now() - timedelta(weeks=n)
            week = clock.iso_week(at)
            ran = Entry(f"rounds|{week}", "rounds", week, at, "completed", "timer", "t", world.definition.kept)
            await Ledger(cast(Any, documents)).write(ran, None)
        assert await documents.count(RUNS) == count
        return await spent(documents, world.catch_up())

    assert await drift(tick, 20) == []
