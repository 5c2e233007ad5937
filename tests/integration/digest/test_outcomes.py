"""What can come of a user in a run? Each outcome, and what makes a digest unchanged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from pytest_mock import MockerFixture

from processors.digest import inputs, preferences
from shared.documents.containers import DIGESTS, USER_PROFILES, Container
from shared.documents.port import Body, Document
from shared.errors import Conflict, Permanent, Transient
from tests.integration.digest.worlds import DigestWorld
from tests.integration.jobs.worlds import MovingClock

WEEK, NEXT = "2026-W48", "2026-W49"
SEVEN_DAYS = 7 * 86_400


async def someone(world: DigestWorld, user: str) -> None:
    """Let there be a user with all that a digest is made of."""
    await world.owns(user, "linen-shirt", "old-hat", priceMicroUsd=40_000_000)
    await world.likes(user, linen=2.0, heels=1.0)
    await world.wears(user, "linen-shirt")
    await world.is_in_the_air("linen resort")
    await world.is_found("found-1", "Linen dress")


async def test_a_digest_is_generated_into_blobs_and_its_document(world: DigestWorld, user: str) -> None:
    await someone(world, user)

    entry = await world.digest()

    assert (entry.status, entry.counters["generated"], entry.counters["failed"]) == ("completed", 1, 0)
    assert await world.came_of(entry.id) == {user: "generated"}
    kept = (await world.digests(user))[WEEK]
    assert (kept["week"], kept["run"]) == (WEEK, entry.id)
    made = await world.blob(user, f"{WEEK}.json")
    assert made == kept["digest"] == await world.blob(user, "latest.json")
    assert [one["name"] for one in made["moods"]] == ["Linen resort"]
    assert sorted(one["item"] for one in made["suggestions"]) == ["found-1", "linen-shirt", "old-hat"]
    assert (made["worn"], made["finds"]) == ([], [])  # all is above
    assert "Your week in clothes" in await world.blob(user, f"{WEEK}.html")


async def test_who_opted_out_is_skipped_until_opting_in(world: DigestWorld, user: str, time: MovingClock) -> None:
    await someone(world, user)
    await preferences.opt(world.documents, user, wants=False)
    entry = await world.digest()
    assert entry.counters == {"generated": 0, "skipped_opt_out": 1, "failed": 0}
    assert await world.digests(user) == {}

    time.advance(SEVEN_DAYS)
    await preferences.opt(world.documents, user, wants=True)

    assert (await world.digest()).counters["generated"] == 1


async def test_who_has_nothing_is_skipped(world: DigestWorld, user: str) -> None:
    await preferences.opt(world.documents, user, wants=True)

    entry = await world.digest()

    assert entry.counters == {"generated": 0, "skipped_no_data": 1, "failed": 0}


async def test_what_is_as_it_was_is_skipped(world: DigestWorld, user: str, time: MovingClock) -> None:
    await someone(world, user)
    await world.digest()
    time.advance(SEVEN_DAYS)
    await world.is_in_the_air("linen resort")

    entry = await world.digest()

    assert entry.counters == {"generated": 0, "skipped_unchanged": 1, "failed": 0}
    assert list(await world.digests(user)) == [WEEK]
    assert (await world.blob(user, "latest.json"))["week"] == WEEK


Change = Callable[[DigestWorld, str], Awaitable[object]]
CHANGES: dict[str, Change] = {
    "wardrobe": lambda world, user: world.owns(user, "new-shoes"),
    "wears": lambda world, user: world.wears(user, "old-hat", days_ago=1),
    "profile": lambda world, user: world.likes(user, linen=2.0, heels=1.5),
    "feedback": lambda world, user: preferences.give_feedback(world.documents, user, "found-1", "down"),
    "moods": lambda world, user: world.is_in_the_air("linen resort", items=9),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_each_thing_that_changes_makes_a_new_digest(
    world: DigestWorld, user: str, time: MovingClock, what: str
) -> None:
    await someone(world, user)
    await world.digest()
    before = (await world.digests(user))[WEEK]["fingerprint"]
    time.advance(SEVEN_DAYS - 10)
    await CHANGES[what](world, user)
    time.advance(10)

    entry = await world.digest()

    assert entry.counters["generated"] == 1
    after = (await world.digests(user))[NEXT]["fingerprint"]
    changed = {name for name in before if before[name] != after[name]}
    assert what in changed
    assert changed <= {what, "wardrobe"}  # a wear is counted on its item too


async def test_a_new_way_of_making_digests_makes_them_anew(
    world: DigestWorld, user: str, time: MovingClock, mocker: MockerFixture
) -> None:
    await someone(world, user)
    await world.digest()
    time.advance(SEVEN_DAYS)
    mocker.patch.object(inputs, "VERSION", inputs.VERSION + 1)

    assert (await world.digest()).counters["generated"] == 1


async def test_a_missing_fingerprint_is_never_unchanged(world: DigestWorld, user: str, time: MovingClock) -> None:
    await someone(world, user)
    await world.digest()
    held = await world.documents.get(DIGESTS, user, WEEK)
    await world.documents.upsert(DIGESTS, {k: v for k, v in held.body.items() if k != "fingerprint"})
    time.advance(SEVEN_DAYS)

    assert (await world.digest()).counters["generated"] == 1


async def test_a_user_whose_digest_can_not_be_made_fails_with_the_reason_and_the_others_go_on(
    world: DigestWorld, user: str, mocker: MockerFixture
) -> None:
    others = [f"{user}-{n}" for n in range(5)]
    for one in (user, *others):
        await someone(world, one)
    read = inputs.read

    async def failing(documents: object, who: str, *more: object) -> object:
        if who == user:
            raise Permanent("this wardrobe can't be read", code="broken")
        return await read(documents, who, *more)  # type: ignore[arg-type]

    mocker.patch.object(inputs, "read", failing)

    entry = await world.digest()

    assert entry.status == "completed_with_failures"
    assert (entry.counters["generated"], entry.counters["failed"], entry.shards) == (5, 1, {"completed": 1})
    found = await world.came_of(entry.id)
    assert found[user] == "failed"
    assert {found[one] for one in others} == {"generated"}


async def test_a_failure_that_passes_is_tried_again_for_that_user_alone(
    world: DigestWorld, user: str, mocker: MockerFixture
) -> None:
    others = [f"{user}-{n}" for n in range(3)]
    for one in (user, *others):
        await someone(world, one)
    read, asked = inputs.read, list[str]()

    async def failing(documents: object, who: str, *more: object) -> object:
        asked.append(who)
        if who == user and asked.count(user) < 3:
            raise Transient("not now", code="model_failed")
        return await read(documents, who, *more)  # type: ignore[arg-type]

    mocker.patch.object(inputs, "read", failing)

    entry = await world.digest()

    assert (entry.status, entry.counters["generated"]) == ("completed", 4)
    assert [asked.count(one) for one in (user, *others)] == [3, 1, 1, 1]


async def test_a_failure_that_never_passes_fails_its_user_at_last(
    world: DigestWorld, user: str, mocker: MockerFixture
) -> None:
    await someone(world, user)
    mocker.patch.object(inputs, "read", side_effect=Transient("never", code="model_failed"))

    entry = await world.digest()

    assert (entry.status, entry.counters) == ("completed_with_failures", {"generated": 0, "failed": 1})


async def test_a_digest_whose_place_is_taken_by_what_can_not_be_read_fails_its_user(
    world: DigestWorld, user: str, mocker: MockerFixture
) -> None:
    await someone(world, user)
    create = world.documents.create

    async def taken(container: Container, body: Body) -> Document:
        if container is DIGESTS:
            raise Conflict("taken", dependency="store")
        stored: Document = await create(container, body)
        return stored

    mocker.patch.object(world.documents, "create", taken)

    entry = await world.digest()

    assert (entry.status, entry.counters) == ("completed_with_failures", {"generated": 0, "failed": 1})
    assert await world.came_of(entry.id) == {user: "failed"}


async def test_ids_from_outside_are_never_paths(world: DigestWorld, user: str) -> None:
    nasty = f"../{user}/..%2f\\ü|x"
    await someone(world, nasty)

    entry = await world.digest()

    assert entry.counters["generated"] == 1
    names = [name for name in await world.blobs.names("digests", "") if user in name]
    assert names == []
    assert (await world.blob(nasty, "latest.json"))["userId"] == nasty


async def test_users_that_are_only_known_by_their_profile_get_one_too(world: DigestWorld, user: str) -> None:
    await world.likes(user, linen=1.0)
    await world.is_in_the_air("linen resort")

    assert (await world.digest()).counters["generated"] == 1


async def test_the_last_word_on_digests_counts(world: DigestWorld, user: str, time: MovingClock) -> None:
    for wants in (False, True, False):
        await preferences.opt(world.documents, user, wants=wants)
        time.advance(1)

    held = await world.documents.get(USER_PROFILES, user, inputs.PREFERENCES)

    assert held.body["digest"] is False
