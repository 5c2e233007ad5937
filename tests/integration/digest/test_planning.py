"""Does a run have every user, each in one group, on a new deployment and after a crash too?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pytest_mock import MockerFixture

from processors.digest import planning, preferences, run
from shared import users
from shared.documents.containers import DIGEST_OUTCOMES, USER_PROFILES, USERS, WARDROBE
from shared.errors import Permanent
from shared.jobs.runs.shards import ShardJob
from tests.forgetting import forgotten
from tests.integration.digest.test_outcomes import SEVEN_DAYS, someone
from tests.integration.digest.worlds import DigestWorld
from tests.integration.jobs.worlds import Killed, MovingClock


async def unregistered(world: DigestWorld, user: str) -> None:
    """Let there be a user whom a writer left out that knows nothing of registrations."""
    await world.documents.create(WARDROBE, {"id": "hat", "userId": user, "title": "Hat", "schemaVersion": 1})


async def test_the_first_run_of_a_deployment_finds_users_that_nobody_registered(world: DigestWorld, user: str) -> None:
    for n in range(30):
        await unregistered(world, f"{user}-{n}")

    entry = await world.digest()

    assert entry.counters == {"registered": 30, "generated": 30, "failed": 0}
    assert await users.is_reconciled(world.documents)


async def test_a_first_run_that_died_while_it_looked_for_users_goes_on_and_misses_nobody(
    world: DigestWorld, user: str, time: MovingClock, mocker: MockerFixture
) -> None:
    mocker.patch.object(users, "DOCUMENTS_A_PAGE", 10)
    for n in range(35):
        await unregistered(world, f"{user}-{n}")
    create, created = world.documents.create, 0

    async def dying(container: Any, body: Any) -> Any:
        nonlocal created
        created += container is USERS
        if created == 25:
            raise Killed
        return await create(container, body)

    mocker.patch.object(world.documents, "create", dying)
    opened = await world.open("digest")
    with pytest.raises(Killed):
        await world.work_off()
    mocker.stopall()
    time.advance(120)

    await world.work_off()

    assert (await world.entry("digest", opened)).counters["generated"] == 35


async def test_later_runs_go_by_the_registrations_and_the_weekly_reconcile_finds_who_is_missing(
    world: DigestWorld, user: str, time: MovingClock
) -> None:
    await someone(world, user)
    await world.digest()
    await unregistered(world, f"{user}-late")
    time.advance(SEVEN_DAYS)

    entry = await world.run("reconcile-users")

    assert (entry.status, entry.planned, entry.counters) == ("completed", 0, {"registered": 1})
    assert (await world.digest()).counters["generated"] == 1


async def test_a_run_without_users_has_nothing_to_do(world: DigestWorld) -> None:
    entry = await world.digest()

    assert (entry.status, entry.planned, entry.counters) == ("completed", 0, {"generated": 0, "failed": 0})


async def test_a_page_that_is_planned_again_puts_everybody_into_the_same_group(
    world: DigestWorld, user: str, mocker: MockerFixture
) -> None:
    names = sorted((f"{user}-{n:03}" for n in range(60)), key=users.key_of)
    late = names[5::10]
    for one in names:
        if one not in late:
            await users.register(world.documents, one)
    mocker.patch.object(planning.outcomes, "plan", side_effect=Killed)
    with pytest.raises(Killed):
        await planning.page(world.documents, "digest|2026-W48", "", most=40, a_group=10)
    mocker.stopall()
    before = await planning.page(world.documents, "digest|2026-W48", "", most=40, a_group=10)
    for one in late:
        await users.register(world.documents, one)

    again = await planning.page(world.documents, "digest|2026-W48", "", most=40, a_group=10)

    planned = [body["userId"] for body in await world.all(DIGEST_OUTCOMES) if "userId" in body]
    assert again == before
    assert len(planned) == len(set(planned))
    assert set(planned) == {one for one in names if users.key_of(one) <= str(before.after)}


async def test_outcomes_lie_by_shard(world: DigestWorld, user: str, mocker: MockerFixture) -> None:
    mocker.patch.object(run, "USERS_A_SHARD", 10)
    for n in range(40):
        await world.owns(f"{user}-{n}", "hat")

    entry = await world.digest()

    groups = [body["group"] for body in await world.all(DIGEST_OUTCOMES) if "userId" in body]
    assert entry.planned == 4
    assert sorted(groups.count(group) for group in set(groups)) == [10, 10, 10, 10]


@pytest.mark.parametrize("shard", ["1|ab", "|counts", "counts", "pages"])
async def test_a_shard_that_a_message_made_up_holds_nobody_of_another_run_and_counts_nothing(
    world: DigestWorld, user: str, shard: str
) -> None:
    forced, scheduled = "digest|2026-W48|1", "digest|2026-W48"
    await planning.outcomes.plan(world.documents, forced, [(user, "ab")])
    for of in (forced, scheduled):
        await planning.outcomes.bind(world.documents, of, "", planning.outcomes.Bounds(["ab"], ""))

    found = [one async for one in planning.outcomes.waiting(world.documents, scheduled, shard)]
    await planning.outcomes.conclude(world.documents, scheduled, shard)

    counted = await planning.outcomes.counted(world.documents, scheduled, some_failed=False)
    assert (found, counted) == ([], {"generated": 0, "failed": 0})


async def test_users_of_a_shard_that_died_count_as_what_came_of_them(
    world: DigestWorld, user: str, mocker: MockerFixture
) -> None:
    mocker.patch.object(run, "USERS_A_SHARD", 10)
    for n in range(30):
        await world.owns(f"{user}-{n:02}", "hat")
    dying = min((f"{user}-{n:02}" for n in range(30)), key=users.key_of)
    (kind,) = [kind for kind in world.kinds.values() if kind.name == "digest"]
    handle = kind.handler

    async def broken(job: Any, payload: ShardJob) -> Any:
        if payload.shard == users.key_of(dying)[:16]:
            await planning.outcomes.settle(world.documents, payload.run, payload.shard, dying, "skipped_opt_out")
            raise Permanent("this group can't be done", code="broken")
        return await handle(job, payload)

    mocker.patch.dict(world.kinds, {kind.queue: replace(kind, handler=broken)})

    entry = await world.digest()

    assert (entry.status, entry.shards) == ("completed_with_failures", {"completed": 2, "dead": 1})
    assert entry.counters == {"generated": 20, "failed": 9, "skipped_opt_out": 1}


async def test_whoever_says_whether_digests_are_wanted_is_registered(world: DigestWorld, user: str) -> None:
    await preferences.opt(world.documents, user, wants=True)

    assert [body["id"] for body in await world.all(USERS)] == [user]


async def test_who_is_forgotten_and_comes_back_is_registered_again(world: DigestWorld, user: str) -> None:
    await preferences.opt(world.documents, user, wants=True)
    await forgotten(world.services, user)
    assert await world.all(USERS) == []

    await preferences.opt(world.documents, user, wants=True)

    assert [body["id"] for body in await world.all(USERS)] == [user]
    assert len(await world.all(USER_PROFILES)) == 1
