"""Can anybody get in another's way by being called like the hash under which the other is stored?"""

from __future__ import annotations

import asyncio
import hashlib
import time

import pytest

from shared.documents.containers import USER_PROFILES, WARDROBE, Container
from shared.documents.port import Body, Document
from shared.errors import Conflict
from tests.integration.taste.worlds import SHELF, TasteWorld

VICTIM = "eve of the hill"
SABOTEUR = hashlib.sha256(VICTIM.encode()).hexdigest()
LIKES = 40


def like(user: str, number: int, colour: str) -> dict[str, object]:
    """Return a like whose job and item are called alike, whoever likes."""
    return {
        "user_id": user,
        "item_id": f"hat {number}",
        "image_url": f"{SHELF}{colour}.png",
        "job_id": f"like {number}",
    }


@pytest.mark.parametrize(("first", "second"), [(VICTIM, SABOTEUR), (SABOTEUR, VICTIM)])
async def test_forty_likes_of_a_namesake_of_the_hash_change_nothing_for_the_victim(first: str, second: str) -> None:
    world, colours = TasteWorld(), {first: "red", second: "navy"}
    for user in (first, second):
        outcomes = await asyncio.gather(*(world.deliver(like(user, number, colours[user])) for number in range(LIKES)))
        assert {outcome.what for outcome in outcomes} == {"completed"}

    for user in (first, second):
        assert (await world.profile(user))["userId"] == user
        evidences = await world.evidences(user)
        assert {evidence["imageUrl"] for evidence in evidences} == {f"{SHELF}{colours[user]}.png"}
        assert len(evidences) == len((await world.profile(user))["covers"]) == LIKES


async def test_an_item_that_is_called_like_the_hash_of_another_is_another_item() -> None:
    world = TasteWorld()
    hashed = hashlib.sha256(b"hat 1").hexdigest()
    await world.own("hat 1", title="Felt hat")
    await world.own(hashed, title="Wool scarf")

    for item in ("hat 1", hashed):
        assert (await world.like(item)).what == "completed"

    assert {evidence["itemId"] for evidence in await world.evidences()} == {"hat 1", hashed}
    assert await world.documents.count(WARDROBE, partition="ada") == 2


async def test_a_profile_whose_place_is_taken_ends_the_like_at_once_and_says_why() -> None:
    world = TasteWorld()
    create = world.documents.create

    async def taken(container: Container, body: Body) -> Document:
        if container is USER_PROFILES:
            raise Conflict("taken", dependency="store")
        return await create(container, body)

    world.documents.create = taken  # type: ignore[method-assign]
    began = time.monotonic()

    outcome = await world.like("hat")

    assert (outcome.what, outcome.code) == ("dead", "id_taken")
    assert time.monotonic() - began < 5
