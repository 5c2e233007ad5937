"""Health over HTTP: anybody may ask, and what it costs is bounded."""

from __future__ import annotations

from shared.blobs.containers import WARDROBE_IMAGES
from tests.integration.api.worlds import ApiWorld


async def test_the_process_answers(world: ApiWorld) -> None:
    told = await world.asked("GET", "/health/live", None)

    assert (told.status_code, told.json()) == (200, {"status": "live"})


async def test_it_is_ready_when_all_it_needs_answers(world: ApiWorld) -> None:
    await world.blobs.ensure(WARDROBE_IMAGES)
    told = await world.asked("GET", "/health/ready", None)

    assert told.status_code == 200
    assert {one["name"]: one["state"] for one in told.json()["dependencies"]} == {
        "store": "ok",
        "queues": "ok",
        "blobs": "ok",
    }


async def test_it_is_not_ready_when_the_store_fails_and_says_so(world: ApiWorld) -> None:
    world.documents.fail("get schedulerState")
    told = await world.asked("GET", "/health/ready", None)

    assert (told.status_code, told.headers["retry-after"]) == (503, "5")
    assert told.json()["dependencies"][0] == {"name": "store", "state": "failing", "code": "unavailable"}


async def test_who_asks_often_has_the_dependencies_asked_once(world: ApiWorld) -> None:
    await world.asked("GET", "/health/ready", None)
    world.documents.fail("get schedulerState")
    told = await world.asked("GET", "/health/ready", None)

    assert told.json()["dependencies"][0]["state"] == "ok"
