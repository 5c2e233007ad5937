"""The console where no key is asked for: on a laptop, and where nobody gets in."""

from __future__ import annotations

import dataclasses
import json

import httpx
import pytest

from api.app import create
from tests.azurite import Azurite
from tests.integration.api.worlds import ApiWorld, entries
from tests.integration.jobs.worlds import MovingClock

HERE = "http://127.0.0.1:7071"
FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin", "origin": HERE}


def client(world: ApiWorld, address: str = HERE) -> httpx.AsyncClient:
    """Return a browser without a past."""
    transport = httpx.ASGITransport(world.app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=address, follow_redirects=True)


@pytest.fixture
def laptop(time: MovingClock, azurite: Azurite) -> ApiWorld:
    """An app on a laptop."""
    return ApiWorld(time, azurite.connection_string, auth_mode="dev", host_environment="Development")


async def test_on_a_laptop_a_browser_is_let_in_by_itself_and_changes_take_its_sessions_token(laptop: ApiWorld) -> None:
    async with client(laptop) as browser:
        page = await browser.get("/console")
        assert "<h1>Overview</h1>" in page.text
        assert "Secure" not in page.headers["set-cookie"]
        token = page.text.partition('name="token" value="')[2].partition('"')[0]
        form = f"name=digest&slot=2026-W47&token={token}"
        assert "Asked for" in (await browser.post("/console/runs/start", content=form, headers=FORM)).text
        bare = await browser.post("/console/runs/start", content="name=digest", headers=FORM)
        assert bare.status_code == 403


async def test_on_a_laptop_nobody_else_gets_in_but_a_link_leads_to_its_page(laptop: ApiWorld) -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    async with client(laptop) as browser:
        assert (await browser.get("/console", headers=link)).status_code == 200
        for headers in (
            {"x-forwarded-for": "203.0.113.9"},
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
            {**link, "sec-fetch-dest": "iframe"},
            {**link, "origin": "https://evil.example"},
        ):
            assert (await browser.get("/console", headers=headers)).status_code == 403
    async with client(laptop, "http://nightshift.evil.example:7071") as browser:
        assert (await browser.get("/console")).status_code == 403


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"auth_mode": "none"}, "Nobody may sign in"),
        ({"auth_mode": "keys", "api_keys": "broken"}, "Nobody may sign in"),
        ({"auth_mode": "entra", "entra_tenant_id": "t", "entra_audience": "a"}, "can&#39;t be signed in to yet"),
        ({"auth_mode": "keys", "documents": "cosmos", "azure_instance": "i", "storage": "x"}, "Set CONSOLE_SECRET"),
    ],
)
async def test_where_nobody_gets_in_the_page_says_why(
    time: MovingClock, azurite: Azurite, changes: dict[str, str], said: str
) -> None:
    given = {**changes, "api_keys": changes.get("api_keys", json.dumps(entries()))}
    storage = given.pop("storage", azurite.connection_string)
    world = ApiWorld(time, azurite.connection_string, **given)
    if storage != azurite.connection_string:
        world = _in_azure(world)
    async with client(world) as browser:
        page = await browser.get("/console")
        assert said in page.text
        assert "<form" not in page.text
        assert (await browser.post("/console/sign-in", content="key=nsk_admin", headers=FORM)).status_code == 403


def _in_azure(world: ApiWorld) -> ApiWorld:
    """Return the world as if its storage weren't on this machine."""
    settings = dataclasses.replace(world.settings, storage="AccountName=real")
    world.world.services = dataclasses.replace(world.services, settings=settings)
    world.app = create(world.world)
    return world
