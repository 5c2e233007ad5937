"""Do many jobs of one user at once lose no update, and read how much?"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from processors.taste import profile
from shared.documents.containers import TASTE_EVIDENCE
from tests.integration.taste.worlds import COLOURS, SETTINGS, SHELF, CountingDocuments, TasteWorld
from tests.unit.taste.test_profile import evidence

JOBS = 64
READ_AT_MOST = 8 * JOBS
"""Evidences read by all folds of 64 jobs together: some small multiple of 64, far from 64²/2."""


def likes() -> list[dict[str, object]]:
    """Return 64 likes and dislikes of ada's, of different items."""
    return [
        {
            "user_id": "ada",
            "item_id": f"item-{number}",
            "image_url": f"{SHELF}{list(COLOURS)[number % 3]}.png?{number}",
            "signal": "down" if number % 5 == 0 else "up",
            "createdAt": f"2026-11-20T09:{number:02}:00Z",
            "title": "Wool scarf" if number % 2 else "Running shoes",
        }
        for number in range(JOBS // 2)
    ] + [
        {"user_id": "ada", "item_id": f"later-{number}", "image_url": f"{SHELF}red.png", "title": "Silk dress"}
        for number in range(JOBS // 2)
    ]


async def recomputed(world: TasteWorld) -> dict[str, object]:
    """Return the profile that a recomputation from all evidences gives."""
    return profile.fold("ada", await world.evidences(), timedelta(days=SETTINGS.taste_half_life_days))


async def test_64_jobs_of_one_user_at_once_give_the_profile_of_a_recomputation_and_read_few_evidences() -> None:
    world = TasteWorld()

    outcomes = await asyncio.gather(*(world.deliver(like) for like in likes()))

    assert {outcome.what for outcome in outcomes} == {"completed"}
    assert len(await world.evidences()) == JOBS
    assert await world.profile() == await recomputed(world)
    assert world.documents.evidences_read <= READ_AT_MOST


async def test_64_jobs_of_one_user_in_two_processes_on_one_file_lose_no_update(tmp_path: Path) -> None:
    worlds = [TasteWorld(CountingDocuments(tmp_path / "store.sqlite3")) for _ in range(2)]

    outcomes = await asyncio.gather(*(worlds[number % 2].deliver(like) for number, like in enumerate(likes())))

    assert {outcome.what for outcome in outcomes} == {"completed"}
    assert await worlds[0].profile() == await recomputed(worlds[1])
    assert (await worlds[0].profile())["evidences"] == JOBS
    assert sum(world.documents.evidences_read for world in worlds) <= 2 * READ_AT_MOST
    for world in worlds:
        await world.documents.close()


async def test_likes_older_than_the_500_that_count_read_no_evidences_once_the_profile_is_full() -> None:
    world = TasteWorld()
    for number in range(profile.NEWEST):
        await world.documents.upsert(TASTE_EVIDENCE, {**evidence(number), "userId": "ada"})
    await world.like("first-old", createdAt="2001-01-01T00:00:00Z")
    world.documents.evidences_read = 0

    await asyncio.gather(*(world.like(f"old-{n}", createdAt=f"2001-01-01T00:01:{n:02}Z") for n in range(32)))

    assert world.documents.evidences_read == 0
    assert await world.profile() == await recomputed(world)
