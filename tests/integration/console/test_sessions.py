"""Who gets into the console, for how long, and what a page of another site may not do."""

from __future__ import annotations

import dataclasses
import re

import pytest

from api.app import create
from api.auth.keys import Keys
from operations import api_keys
from tests.integration.api.worlds import ADDRESS, ApiWorld, key_of
from tests.integration.console.browser import SAME_SITE, Browser
from tests.integration.jobs.worlds import MovingClock

HOUR = 3600


async def test_who_is_not_signed_in_is_led_to_the_sign_in_page_and_back(world: ApiWorld) -> None:
    async with Browser(world) as browser:
        page = await browser.get("/console?x=y")
        assert page.response.url.path == "/console/sign-in"
        back = await browser.send(page, "/console/sign-in", key=key_of("reader"))
        assert str(back.response.url) == f"{ADDRESS}/console?x=y"
        assert back.one("h1").text() == "Overview"


async def test_a_key_that_there_is_not_is_refused_and_recorded_and_no_session_begins(world: ApiWorld) -> None:
    async with Browser(world) as browser:
        page = await browser.sign_in("nobody")
        assert page.status == 401
        assert "There is no such API key." in page.text
        assert not browser.client.cookies
        assert [line["why"] for line in await world.audited("deny request")] == ["key_unknown"]
        assert (await browser.sign_in("reader-expired")).status == 401


async def test_the_cookie_holds_no_key_and_is_kept_from_scripts_other_sites_and_plain_http(world: ApiWorld) -> None:
    async with Browser(world) as browser:
        await browser.sign_in("reader")
        answer = await browser.client.post("/console/sign-in", content=f"key={key_of('reader')}", headers={
            **SAME_SITE, "content-type": "application/x-www-form-urlencoded"})  # fmt: skip
        cookie = answer.headers["set-cookie"]
        assert key_of("reader") not in cookie
        for said in ("HttpOnly", "Secure", "SameSite=lax", "Path=/console", "Max-Age=43200"):
            assert said in cookie


async def test_a_session_ends_after_twelve_hours(browser: Browser, time: MovingClock) -> None:
    assert (await browser.get("/console")).one("h1").text() == "Overview"
    time.advance(12 * HOUR + 1)
    assert (await browser.get("/console")).one("h1").text() == "Sign in"


async def test_a_key_that_is_removed_ends_its_sessions(world: ApiWorld, browser: Browser) -> None:
    assert isinstance(world.world.authenticator, Keys)
    left = [key for key in api_keys.read(world.settings.api_keys) if key.label != "operator"]
    world.world.authenticator._keys = tuple(left)
    assert (await browser.get("/console")).one("h1").text() == "Sign in"


async def test_a_key_that_is_replaced_under_its_label_ends_its_sessions(world: ApiWorld, browser: Browser) -> None:
    assert isinstance(world.world.authenticator, Keys)
    replaced = [
        dataclasses.replace(key, sha256="0" * 64) if key.label == "operator" else key
        for key in api_keys.read(world.settings.api_keys)
    ]
    world.world.authenticator._keys = tuple(replaced)
    assert (await browser.get("/console")).one("h1").text() == "Sign in"


async def test_signing_out_ends_the_session_in_this_browser(browser: Browser) -> None:
    page = await browser.send(await browser.get("/console"), "/console/sign-out")
    assert "You are signed out." in page.text
    assert (await browser.get("/console")).one("h1").text() == "Sign in"


@pytest.mark.parametrize("changed", ["", "x", "e30.AAAA", "a.b.c"])
async def test_a_cookie_that_the_console_did_not_sign_is_nobody(world: ApiWorld, changed: str) -> None:
    async with Browser(world) as browser:
        page = await browser.get("/console", cookie=f"nightshift_console={changed}")
        assert page.one("h1").text() == "Sign in"


async def test_a_session_of_another_secret_is_nobody(world: ApiWorld, browser: Browser) -> None:
    world.app = create(world.world)  # as another process, without CONSOLE_SECRET
    async with Browser(world) as other:
        other.client.cookies = browser.client.cookies
        assert (await other.get("/console")).one("h1").text() == "Sign in"


async def test_sessions_of_one_secret_hold_on_every_instance(world: ApiWorld) -> None:
    settings = dataclasses.replace(world.settings, console_secret="s" * 40)
    world.world.services = dataclasses.replace(world.services, settings=settings)
    world.app = create(world.world)
    async with Browser(world) as one:
        await one.sign_in("reader")
        world.app = create(world.world)
        async with Browser(world) as other:
            other.client.cookies = one.client.cookies
            assert (await other.get("/console")).one("h1").text() == "Overview"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"sec-fetch-site": "same-site", "origin": ADDRESS},
        {"origin": "https://evil.example"},
        {"origin": "null", "sec-fetch-site": "same-origin"},
    ],
)
async def test_a_change_that_another_sites_page_sends_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    token = (await browser.get("/console")).one("input[name=token]").attributes["value"]
    for path in ("/console/runs/start", "/console/sign-in", "/console/sign-out"):
        page = await browser.post(path, headers=headers, token=token, name="digest")
        assert (page.status, "doesn't come from a page of the console" in page.text) == (403, True)


@pytest.mark.parametrize("token", [None, "", "0" * 64, "é"])
async def test_a_change_without_the_sessions_token_is_refused(browser: Browser, token: str | None) -> None:
    given = {} if token is None else {"token": token}
    page = await browser.post("/console/runs/start", name="digest", **given)
    assert (page.status, "earlier session" in page.text) == (403, True)


async def test_the_token_of_another_session_is_refused(world: ApiWorld, browser: Browser) -> None:
    async with Browser(world) as other:
        await other.sign_in("admin")
        token = (await other.get("/console")).one("input[name=token]").attributes["value"]
    assert (await browser.post("/console/runs/start", name="digest", token=token)).status == 403


async def test_a_part_that_polls_after_the_session_has_ended_loads_the_page_anew(world: ApiWorld) -> None:
    async with Browser(world) as browser:
        page = await browser.get("/console", **{"hx-request": "true"})
        assert (page.status, page.response.headers["hx-refresh"]) == (401, "true")


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "@evil.example"])
async def test_a_sign_in_leads_to_no_other_site(world: ApiWorld, to: str) -> None:
    async with Browser(world) as browser:
        page = await browser.client.post(
            "/console/sign-in", params={"to": to}, content=f"key={key_of('reader')}",
            headers={**SAME_SITE, "content-type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        assert re.match(r"/console(/|\?|$)", page.headers["location"])


async def test_the_api_takes_no_session_of_the_console(browser: Browser) -> None:
    answer = await browser.client.get("/api/v1/jobs")
    assert answer.status_code == 401
