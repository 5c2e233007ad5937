"""AUTH_MODE=dev through the whole app: this machine's own requests, and those that only seem to be."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.azurite import Azurite
from tests.integration.api.worlds import ApiWorld
from tests.integration.jobs.worlds import MovingClock

HERE = "http://127.0.0.1:7071"
STOP = "/api/v1/alerts/scheduler/stop"


@pytest.fixture
async def laptop(time: MovingClock, azurite: Azurite) -> AsyncIterator[ApiWorld]:
    """An app on a laptop."""
    made = ApiWorld(time, azurite.connection_string, auth_mode="dev", host_environment="Development")
    yield made
    await made.close()


async def stopped(world: ApiWorld, **headers: str) -> httpx.Response:
    """Ask for the scheduler's stop, which a browser would send for any page without asking first."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(world.app), base_url=HERE) as client:
        return await client.post(STOP, headers={name.replace("_", "-"): value for name, value in headers.items()})


async def test_a_request_of_this_machine_is_an_admins(laptop: ApiWorld) -> None:
    assert (await stopped(laptop)).status_code == 200
    assert (await laptop.audited("stop alert scheduler"))[0]["by"] == "dev"


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "rebound.evil.example:7071"},
        {"x_forwarded_for": "127.0.0.1"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
    ],
)
async def test_a_request_that_another_site_caused_does_nothing(laptop: ApiWorld, headers: dict[str, str]) -> None:
    told = await stopped(laptop, **headers)

    assert (told.status_code, told.json()["code"]) == (403, "not_from_here")
    assert await laptop.audited("stop alert scheduler") == []


async def test_a_form_of_another_site_is_no_json(laptop: ApiWorld) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(laptop.app), base_url=HERE) as client:
        form = {"content-type": "text/plain"}
        told = await client.post("/api/v1/gates/queue:x/close", content='{"reason": "x"}', headers=form)

    assert told.status_code == 415
