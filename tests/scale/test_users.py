"""What do digests, registrations, wears, exports and forgetting ask of the store?"""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any, cast

import pytest
from pytest_mock import MockerFixture

from bench.memory_blobs import MemoryBlobs
from processors.digest import outcomes, planning, run
from processors.users import kept
from processors.wardrobe.wears import wear
from shared import clock, users
from shared.config import Settings
from shared.documents.containers import DIGESTS, WARDROBE
from shared.jobs.runtime import Runtime
from shared.services import Services
from tests.forgetting import forgotten
from tests.integration.digest.worlds import DigestWorld
from tests.integration.jobs.worlds import MovingClock
from tests.scale.counting import Cost, CountedDocuments, drift, faults, spent

AZURITE_THAT_IS_NOT_ASKED = "UseDevelopmentStorage=true"
RUN = "digest|2026-W48"


def world_of(time: MovingClock, documents: CountedDocuments) -> DigestWorld:
    """Return a worker whose blobs are in memory."""
    world = DigestWorld(time, AZURITE_THAT_IS_NOT_ASKED, documents=documents)
    world.services = Services(Settings(), cast(Any, documents), world.queues, cast(Any, MemoryBlobs()))
    world.runtime = Runtime(world.services)
    return world


async def with_users(documents: CountedDocuments, count: int, *, items: int = 0) -> None:
    """Let there be so many registered users, who own so many items each."""
    for n in range(count):
        await users.register(cast(Any, documents), f"user-{n}", surely=True)
        for item in range(items):
            await documents.create(WARDROBE, {"id": f"item-{item}", "userId": f"user-{n}", "title": "Hat"})


async def reconciled(documents: CountedDocuments, *, a_page: int) -> None:
    """Look for missing users in pages of that many documents."""
    cursor = None
    while (found := await users.reconcile(cast(Any, documents), cursor, a_page)).after is not None:
        cursor = found.after


@pytest.mark.parametrize("spread", [True, False], ids=["over all buckets", "in one bucket"])
async def test_planning_reads_each_user_once_however_many_there_are(time: MovingClock, *, spread: bool) -> None:
    async def planned(documents: CountedDocuments, count: int) -> Cost:
        names = (f"user-{n}" for n in itertools.count())
        some = names if spread else (name for name in names if users.bucket_of(name) == "80")
        for name in itertools.islice(some, count):
            await users.register(cast(Any, documents), name, surely=True)
            await documents.create(WARDROBE, {"id": "hat", "userId": name})

        async def pages() -> None:
            after: str | None = ""
            while after is not None:
                after = (await planning.page(cast(Any, documents), RUN, after, most=20, a_group=5)).after

        return await spent(documents, pages())

    assert await faults(planned, 40) == []


async def test_a_digest_costs_the_same_however_many_users_get_one(time: MovingClock, mocker: MockerFixture) -> None:
    mocker.patch.object(run, "USERS_A_SHARD", 5)

    async def digests(documents: CountedDocuments, count: int) -> Cost:
        world = world_of(time, documents)
        await with_users(documents, count, items=3)
        await reconciled(documents, a_page=1_000)
        return await spent(documents, world.digest())

    assert await faults(digests, 5) == []


async def test_a_digest_costs_the_same_however_many_its_user_has_had(time: MovingClock) -> None:
    async def one_more(documents: CountedDocuments, count: int) -> Cost:
        world = world_of(time, documents)
        await with_users(documents, 1, items=3)
        await reconciled(documents, a_page=1_000)
        for n in range(count):
            week = clock.iso_week(clock.now() - timedelta(weeks=n + 1))
            await documents.create(DIGESTS, {"id": week, "userId": "user-0", "week": week, "n": 0})
        return await spent(documents, world.digest())

    assert await drift(one_more, 10) == []


async def test_counting_what_came_of_all_reads_one_document_a_shard(time: MovingClock) -> None:
    async def counted(documents: CountedDocuments, count: int) -> Cost:
        for n in range(count):
            shard = f"{n:04x}"
            await outcomes.plan(cast(Any, documents), RUN, [(f"user-{n}-{m}", shard) for m in range(5)])
            for m in range(5):
                await outcomes.settle(cast(Any, documents), RUN, shard, f"user-{n}-{m}", "generated")
            await outcomes.conclude(cast(Any, documents), RUN, shard)
        return await spent(documents, outcomes.counted(cast(Any, documents), RUN, some_failed=False))

    assert await faults(counted, 10) == []


async def test_reconciling_reads_each_document_once_however_many_there_are(time: MovingClock) -> None:
    async def all_of(documents: CountedDocuments, count: int) -> Cost:
        await with_users(documents, count, items=3)
        return await spent(documents, reconciled(documents, a_page=30))

    assert await faults(all_of, 40) == []


async def test_a_wear_costs_the_same_however_often_the_item_was_worn(time: MovingClock) -> None:
    async def one_more(documents: CountedDocuments, count: int) -> Cost:
        await with_users(documents, 1, items=2)
        for n in range(count):
            await wear(cast(Any, documents), "user-0", "item-0", clock.text_now(-timedelta(hours=n + 1)))
        return await spent(documents, wear(cast(Any, documents), "user-0", "item-0", clock.text_now()))

    assert await drift(one_more, 10, but="steps") == []  # the store counts, from an index in Cosmos DB


async def test_exporting_a_user_costs_the_same_for_each_document(time: MovingClock) -> None:
    async def export(documents: CountedDocuments, count: int) -> Cost:
        world = world_of(time, documents)
        await with_users(documents, 1, items=count)
        return await spent(documents, kept.export(world.services, "user-0"))

    assert await faults(export, 20) == []


async def test_forgetting_a_user_costs_the_same_for_each_document(time: MovingClock) -> None:
    async def forget(documents: CountedDocuments, count: int) -> Cost:
        world = world_of(time, documents)
        await with_users(documents, 1, items=count)
        return await spent(documents, forgotten(world.services, "user-0"))

    assert await faults(forget, 20) == []


async def test_forgetting_a_user_costs_the_same_however_many_others_there_are(
    time: MovingClock, mocker: MockerFixture
) -> None:
    mocker.patch.object(run, "USERS_A_SHARD", 5)

    async def forget(documents: CountedDocuments, count: int) -> Cost:
        world = world_of(time, documents)
        await with_users(documents, count, items=1)
        await world.digest()
        return await spent(documents, forgotten(world.services, "user-0"))

    assert await drift(forget, 5) == []
