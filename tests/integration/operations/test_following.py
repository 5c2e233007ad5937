"""What is seen of jobs while they are followed?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from operations import following
from operations.following import Change
from shared.errors import NotFound, Transient
from shared.jobs import transitions
from shared.jobs.record import JobKey, Record
from shared.jobs.record_store import Records
from tests.actors import ADMIN
from tests.integration.operations.worlds import OperatedWorld

SLOW = transitions.reason_of("taste", Transient("It says ?sig=s3cr3t&x=1 https://a.example/b?sig=s3cr3t", code="slow"))


@pytest.fixture(autouse=True)
def looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again without a pause."""
    monkeypatch.setattr(following, "_PAUSE_SECONDS", 0.0)


def followed(world: OperatedWorld, **asked: Any) -> AsyncIterator[Change]:
    """Follow jobs of the world."""
    return following.follow(world.documents, world.settings, ADMIN, **{"limit_seconds": 30.0, **asked})


async def change(world: OperatedWorld, record: Record, changed: Any, *arguments: Any, **more: Any) -> Record:
    """Change a job's record as a worker or an operator does."""
    records = Records(world.documents)
    held = await records.get(record.key)
    assert held is not None
    return (await records.replace(held, changed(held.record, *arguments, **more))).record


async def test_a_job_is_followed_event_by_event_until_it_has_ended(world: OperatedWorld) -> None:
    hat = await world.like("hat")
    seen = []

    async with aclosing(followed(world, start="ha")) as changes:  # type: ignore[type-var]
        async for one in changes:
            seen.append(([event["what"] for event in one.events], one.status, one.explanation.code))
            if one.status == "queued":
                await change(world, hat, transitions.ended_by, "cancelled", by="cli:ada", why="a mistake")

    assert seen == [(["queued"], "queued", "no_host"), (["cancelled"], "cancelled", "ended")]


async def test_all_open_jobs_of_a_user_are_followed_and_those_that_come_meanwhile(world: OperatedWorld) -> None:
    await world.like("hat")
    await world.like("cap", "ben")
    ended = []

    async with aclosing(followed(world, user="ada")) as changes:  # type: ignore[type-var]
        async for one in changes:
            if one.ended:
                ended.append(one.id)
                continue
            if one.id == "hat":
                await world.like("shoe")
            record = await Records(world.documents).get(JobKey(one.scope, one.id))
            assert record is not None
            await change(world, record.record, transitions.ended_by, "cancelled", by="cli:ada", why=None)

    assert ended == ["hat", "shoe"]


async def test_following_ends_at_its_limit_and_says_what_keeps_the_job(world: OperatedWorld) -> None:
    await world.like("hat")

    (only,) = [one async for one in followed(world, start="hat", limit_seconds=0)]

    assert (only.ended, only.explanation.code) == (False, "no_host")


async def test_a_user_without_open_jobs_is_followed_no_longer(world: OperatedWorld) -> None:
    await world.dead("hat")

    assert [one async for one in followed(world, user="ada")] == []


async def test_secrets_of_addresses_are_masked_while_following(world: OperatedWorld) -> None:
    hat = await world.like("hat")
    await change(world, hat, transitions.dead, SLOW)

    (only,) = [one async for one in followed(world, start="hat")]

    assert "s3cr3t" not in str(only)


async def test_a_job_that_there_is_not_cant_be_followed(world: OperatedWorld) -> None:
    with pytest.raises(NotFound):
        assert [one async for one in followed(world, start="hat")]
