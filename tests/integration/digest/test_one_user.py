"""Is one user's digest made anew, or looked at, without the others'?"""

from __future__ import annotations

import pytest

from operations import digests, runs
from processors.digest import preferences
from shared import users
from shared.documents.containers import CONTAINERS, JOBS, RUNS
from shared.errors import NotFound, UsageError
from tests.actors import ADMIN
from tests.integration.digest.test_outcomes import WEEK, someone
from tests.integration.digest.worlds import DigestWorld


async def test_a_run_for_one_user_makes_a_new_digest_of_that_user_alone(world: DigestWorld, user: str) -> None:
    other = f"{user}-other"
    await someone(world, user)
    await world.owns(other, "linen-shirt")
    await world.digest()

    opened = await runs.start(world.services, ADMIN, "digest", user=user)
    await world.work_off()

    entry = await world.entry("digest", opened.id)
    assert (entry.status, entry.n, entry.counters["generated"], entry.for_one) == ("completed", 1, 1, True)
    assert set(await world.digests(user)) == {WEEK, opened.id}
    assert set(await world.digests(other)) == {WEEK}


async def test_a_run_for_one_user_names_nobody(world: DigestWorld, user: str) -> None:
    await someone(world, user)

    await runs.start(world.services, ADMIN, "digest", user=user)
    await world.work_off()

    assert user not in str([await world.all(JOBS), await world.all(RUNS)])


async def test_a_run_for_one_user_finds_whom_nobody_has_registered(world: DigestWorld, user: str) -> None:
    await someone(world, user)
    bucket = users.bucket_of(user)
    standing = await world.documents.get(users.USERS, bucket, user)
    assert standing is not None
    await world.documents.delete(users.USERS, bucket, user, standing.etag)

    opened = await runs.start(world.services, ADMIN, "digest", user=user)
    await world.work_off()

    assert (await world.entry("digest", opened.id)).counters["generated"] == 1


async def test_a_run_for_nobody_we_know_is_refused(world: DigestWorld, user: str) -> None:
    with pytest.raises(NotFound, match="Nothing is known of a user"):
        await runs.start(world.services, ADMIN, "digest", user=user)


async def test_a_run_that_is_not_made_user_by_user_is_not_made_for_one(world: DigestWorld, user: str) -> None:
    with pytest.raises(UsageError) as refused:
        await runs.start(world.services, ADMIN, "moods", user=user)
    assert refused.value.code == "run_not_by_user"


async def test_a_preview_is_what_the_run_would_make_and_stores_nothing(world: DigestWorld, user: str) -> None:
    await someone(world, user)
    before = [await world.all(container) for container in CONTAINERS]

    previewed = await digests.preview(world.documents, ADMIN, user)

    assert [await world.all(container) for container in CONTAINERS] == before
    assert await world.blob(user, "latest.json") is None
    await world.digest()
    made = (await world.digests(user))[WEEK]["digest"]
    assert {**previewed.digest.model_dump(mode="json"), "run": made["run"]} == made


async def test_a_preview_says_why_the_run_would_make_none(world: DigestWorld, user: str) -> None:
    await someone(world, user)
    await world.digest()
    unchanged = await digests.preview(world.documents, ADMIN, user)
    await preferences.opt(world.documents, user, wants=False)
    opted_out = await digests.preview(world.documents, ADMIN, user)

    assert (unchanged.unchanged, unchanged.opted_out, opted_out.opted_out) == (True, False, True)


async def test_a_preview_of_nothing_is_refused(world: DigestWorld, user: str) -> None:
    with pytest.raises(NotFound) as refused:
        await digests.preview(world.documents, ADMIN, user)
    assert refused.value.code == "digest_empty"
