"""Is every user registered once, whoever writes first, and found when nobody registered them?"""

from __future__ import annotations

import asyncio

from shared import users
from shared.documents.containers import USER_PROFILES, USERS, WARDROBE
from shared.documents.port import Documents
from shared.documents.sqlite import SqliteDocuments
from tests.integration.jobs.worlds import MovingClock

NAMES = ["ada", "Ben", "../x", "é", "", "a|b", "x" * 200, "0" * 64, *(f"user-{n:03}" for n in range(22))]


async def all_of(documents: Documents, most: int) -> list[str]:
    """Return all users, read in pages of that size."""
    found, after = list[str](), ""
    while page := await users.page(documents, after, most=most):
        assert len(page) <= most
        found += [one.user for one in page]
        after = page[-1].key
    return found


async def reconciled(documents: Documents, most: int) -> int:
    """Reconcile in pages of that many documents; return how many users were missing."""
    missing, cursor = 0, None
    for _ in range(10_000):
        found = await users.reconcile(documents, cursor, most)
        missing, cursor = missing + found.missing, found.after
        if cursor is None:
            return missing
    raise AssertionError("it never ends")


async def own(documents: Documents, user: str, *items: str) -> None:
    """Let a user own items that somebody wrote who registers nobody."""
    for item in items:
        await documents.upsert(WARDROBE, {"id": item, "userId": user})


async def forgotten_elsewhere(documents: Documents, user: str) -> None:
    """Take a user's registration out, as another process does."""
    standing = await documents.get(USERS, users.bucket_of(user), user)
    assert standing is not None
    await documents.delete(USERS, users.bucket_of(user), user, standing.etag)


async def test_users_come_once_each_by_key_whatever_their_ids(documents: Documents) -> None:
    for name in [*NAMES, *NAMES]:
        await users.register(documents, name, surely=True)

    for most in (7, 1_000):
        assert await all_of(documents, most) == sorted(NAMES, key=users.key_of)


async def test_a_page_may_end_at_a_key_instead_of_a_number(documents: Documents) -> None:
    for name in NAMES:
        await users.register(documents, name)
    ordered = sorted(NAMES, key=users.key_of)

    found = await users.page(documents, users.key_of(ordered[3]), until=users.key_of(ordered[20]))

    assert [one.user for one in found] == ordered[4:21]


async def test_two_who_register_the_same_user_leave_one(documents: Documents) -> None:
    found = await asyncio.gather(*(users.register(documents, "ada", surely=True) for _ in range(8)))

    assert sorted(found) == [False] * 7 + [True]
    assert await documents.count(USERS) == 1


async def test_a_process_asks_about_whom_it_has_registered_only_later_or_when_it_must_be_sure(
    time: MovingClock,
) -> None:
    documents = SqliteDocuments(":memory:")
    await users.register(documents, "ada")
    await forgotten_elsewhere(documents, "ada")
    assert not await users.register(documents, "ada")
    assert await users.register(documents, "ada", surely=True)

    await forgotten_elsewhere(documents, "ada")
    time.advance(users.REMEMBERED_FOR.total_seconds())

    assert await users.register(documents, "ada")


async def test_reconciling_registers_whoever_owns_a_document(documents: Documents) -> None:
    for name in NAMES:
        await own(documents, name, "hat", "shoes", "coat")
    await documents.upsert(USER_PROFILES, {"id": "taste-profile", "userId": "only-likes"})
    await users.register(documents, "ada")

    assert await reconciled(documents, 4) == len(NAMES)
    assert await all_of(documents, 1_000) == sorted([*NAMES, "only-likes"], key=users.key_of)
    assert await reconciled(documents, 5) == 0


async def test_reconciling_passes_over_the_rest_of_a_large_wardrobe(documents: Documents) -> None:
    await own(documents, "ada", *(f"item-{n}" for n in range(50)))
    await own(documents, "zoe", "hat")

    first = await users.reconcile(documents, None, 5)
    second = await users.reconcile(documents, first.after, 5)

    assert (first, second) == (users.Reconciled(1, "wardrobe|ada"), users.Reconciled(1, "userProfiles|"))


async def test_only_a_reconcile_that_came_to_its_end_counts(documents: Documents) -> None:
    await own(documents, "ada", "hat")
    found = await users.reconcile(documents, None)
    assert not await users.is_reconciled(documents)

    await users.reconcile(documents, found.after)

    assert await users.is_reconciled(documents)
    assert await all_of(documents, 10) == ["ada"]
