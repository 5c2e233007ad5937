"""Is there one digest a user and week, whatever is run again, late, or half-way killed?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from azure.storage.blob.aio import BlobServiceClient
from pytest_mock import MockerFixture

from processors.catalogue import run_definitions
from processors.digest import handler, publish, run
from shared.blobs.storage import Blobs
from shared.documents import compare_and_set
from shared.documents.containers import DIGESTS, JOBS
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Transient
from shared.jobs.runs.catch_up import catch_up
from shared.jobs.runs.definition import RunDefinitions
from tests.azurite import Azurite
from tests.integration.digest.test_outcomes import NEXT, SEVEN_DAYS, WEEK, someone
from tests.integration.digest.worlds import DigestWorld
from tests.integration.jobs.worlds import Killed, MovingClock, WatchedDocuments


async def many(world: DigestWorld, user: str, count: int) -> list[str]:
    """Let there be so many users."""
    users = [f"{user}-{n:03}" for n in range(count)]
    for one in users:
        await world.owns(one, "linen-shirt")
    return users


async def test_users_are_parted_into_shards_of_at_most_fifty(world: DigestWorld, user: str) -> None:
    users = await many(world, user, 120)

    entry = await world.digest()

    assert (entry.planned, entry.counters["generated"]) == (3, 120)
    assert set(await world.came_of(entry.id)) == set(users)


async def test_no_jobs_payload_names_a_user(world: DigestWorld, user: str) -> None:
    await many(world, user, 60)

    await world.digest()

    assert user not in str(await world.all(JOBS))


async def test_a_plan_of_many_pages_has_everybody_once(world: DigestWorld, user: str, mocker: MockerFixture) -> None:
    mocker.patch.object(run, "USERS_A_PAGE", 25)
    mocker.patch.object(run, "USERS_A_SHARD", 10)
    users = await many(world, user, 110)

    entry = await world.digest()

    assert (entry.planned, entry.counters["generated"]) == (13, 110)  # three shards a page, two of the last ten users
    assert set(await world.came_of(entry.id)) == set(users)


async def test_a_plan_that_died_half_way_goes_on_and_misses_nobody(
    world: DigestWorld, user: str, time: MovingClock, mocker: MockerFixture
) -> None:
    users = await many(world, user, 70)
    create, created = world.documents.create, 0

    async def dying(container: Any, body: Any) -> Any:
        nonlocal created
        created += "userId" in body and container.name == "digestOutcomes"
        if created == 40:
            raise Killed
        return await create(container, body)

    mocker.patch.object(world.documents, "create", dying)
    opened = await world.open("digest")
    with pytest.raises(Killed):
        await world.work_off()
    mocker.stopall()
    await world.owns(f"{user}-000a", "late-shirt")
    time.advance(120)

    await world.work_off()

    entry = await world.entry("digest", opened)
    assert (entry.status, entry.counters["generated"]) == ("completed", 71)
    assert set(await world.came_of(opened)) == {*users, f"{user}-000a"}


async def test_a_step_begins_no_user_after_its_time_and_the_next_goes_on(
    world: DigestWorld, user: str, mocker: MockerFixture
) -> None:
    await many(world, user, 12)
    clocked, now = mocker.patch.object(handler, "time").monotonic, 0.0

    def later() -> float:
        nonlocal now
        now += 40.0
        return now

    clocked.side_effect = later

    entry = await world.digest()

    assert entry.counters["generated"] == 12
    (shard,) = await world.jobs(entry.id)
    assert shard.generation > 1
    assert shard.attempts == 0


async def test_at_most_so_many_users_are_worked_on_at_once(
    world: DigestWorld, user: str, mocker: MockerFixture
) -> None:
    await many(world, user, 30)
    make, busy, most = handler._make, 0, 0

    async def watched(*arguments: Any) -> Any:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        try:
            return await make(*arguments)
        finally:
            busy -= 1

    mocker.patch.object(handler, "_make", watched)

    await world.digest()

    assert most == 6


async def test_a_user_is_made_once_though_the_shard_is_handled_again(
    world: DigestWorld, user: str, time: MovingClock, mocker: MockerFixture
) -> None:
    users = await many(world, user, 10)
    settle, settled = handler.outcomes.settle, 0

    async def dying(*arguments: Any) -> None:
        nonlocal settled
        settled += 1
        if settled == 4:
            raise Killed
        await settle(*arguments)

    mocker.patch.object(handler.outcomes, "settle", dying)
    opened = await world.open("digest")
    with pytest.raises((Killed, BaseExceptionGroup)):
        await world.work_off()
    mocker.stopall()
    before = {one: await world.digests(one) for one in users}
    time.advance(120)

    await world.work_off()

    entry = await world.entry("digest", opened)
    assert (entry.status, entry.counters["generated"]) == ("completed", 10)
    for one in users:
        found = await world.digests(one)
        assert len(found) == 1
        assert before[one] in ({}, found)


async def test_a_forced_run_makes_a_new_version_and_keeps_the_old(world: DigestWorld, user: str) -> None:
    await someone(world, user)
    await world.digest()
    await world.owns(user, "new-shoes")

    entry = await world.digest(force=True)

    assert entry.counters["generated"] == 1
    assert set(await world.digests(user)) == {WEEK, entry.id}
    old, new = await world.blob(user, f"{WEEK}.json"), await world.blob(user, f"{WEEK}.1.json")
    assert (old["run"], new["run"]) == (f"digest|{WEEK}", entry.id)
    assert await world.blob(user, "latest.json") == new


async def test_an_old_slot_that_is_run_again_never_takes_the_latest_back(
    world: DigestWorld, user: str, time: MovingClock
) -> None:
    await someone(world, user)
    await world.digest()
    time.advance(SEVEN_DAYS)
    await world.owns(user, "new-shoes")
    await world.digest()
    assert (await world.blob(user, "latest.json"))["week"] == NEXT

    await world.digest(WEEK, force=True)

    assert (await world.blob(user, "latest.json"))["week"] == NEXT
    assert (await world.blob(user, f"{WEEK}.1.json"))["week"] == WEEK


async def test_two_writers_of_the_latest_leave_the_later_one(world: DigestWorld, user: str) -> None:
    await someone(world, user)
    await world.digest()
    name = publish.blob_names(user, WEEK, None).latest
    later = b'{"week": "2027-W01", "run": "digest|2027-W01"}'
    await world.blobs.write("digests", name, later, "application/json")

    await publish._write_latest(world.blobs, name, b"{}", (WEEK, 3))

    assert (await world.blob(user, "latest.json"))["week"] == "2027-W01"


class ContendedBlobs(Blobs):
    """The blobs, where another writer is always there first."""

    refused = 0

    async def write_over(self, container: str, name: str, content: bytes, content_type: str, etag: str | None) -> None:
        """See Blobs."""
        self.refused += 1
        await self.write(container, name, b"another's %d" % self.refused, content_type)
        await super().write_over(container, name, content, content_type, etag)


async def test_a_latest_that_others_always_write_ends_as_contended(
    world: DigestWorld, user: str, azurite: Azurite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare_and_set, "_PAUSE_SECONDS", 0.0)
    await someone(world, user)
    await world.digest()
    blobs = ContendedBlobs(BlobServiceClient.from_connection_string(azurite.connection_string, retry_total=0))

    with pytest.raises(Transient) as ended:
        await publish._write_latest(blobs, publish.blob_names(user, WEEK, None).latest, b"{}", (WEEK, 3))

    await blobs.close()
    assert (ended.value.code, ended.value.dependency) == ("blob_contended", "blob")
    assert blobs.refused == compare_and_set.ROUNDS


async def test_a_missed_monday_is_caught_up_and_says_so(world: DigestWorld, user: str, time: MovingClock) -> None:
    await someone(world, user)
    definitions = RunDefinitions([run_definitions(world.settings).named("digest")])
    time.advance(-2 * SEVEN_DAYS + 60)
    await catch_up(world.services, definitions)  # the schedule begins to be active
    time.advance(2 * SEVEN_DAYS + 180)

    await catch_up(world.services, definitions)
    await world.work_off()

    missed = await world.entry("digest", "digest|2026-W47")
    caught = await world.entry("digest", f"digest|{WEEK}")
    assert (missed.status, caught.status, caught.trigger) == ("missed", "completed", "catch-up")
    assert list(await world.digests(user)) == [WEEK]


async def test_a_store_that_throttles_costs_no_attempt_and_nobody(
    new_world: Callable[..., DigestWorld], user: str
) -> None:
    store = WatchedDocuments(SqliteDocuments(":memory:"), [])
    world = new_world(documents=store)
    await many(world, user, 20)
    store.fail("get digests", times=3)
    store.fail("query wardrobe", times=2)
    store.fail("get digestOutcomes", times=2)

    entry = await world.digest()

    assert (entry.status, entry.counters["generated"]) == ("completed", 20)
    (shard,) = await world.jobs(entry.id)
    assert shard.attempts == 0
    assert await store.count(DIGESTS) == 20
