"""The pages of digests: the digest as its user sees it, what was said of it, and whether digests are wanted."""

from __future__ import annotations

import pytest

from tests.integration.api.worlds import ApiWorld
from tests.integration.console.browser import Browser
from tests.integration.console.hostile import ATTRIBUTE, SCRIPT, is_harmless


@pytest.fixture
async def week(world: ApiWorld) -> str:
    """The week of which ada has a digest."""
    await world.owns("ada", "red-shirt", "blue-shirt")
    await world.wears("ada", "red-shirt")
    await world.run("digest")
    return str(next(iter((await world.digests("ada")).values()))["week"])


async def test_the_newest_digests_are_listed_with_their_users(browser: Browser, week: str) -> None:
    page = await browser.get("/console/digests")
    assert page.status == 200
    assert page.one("tbody th a").attributes["href"] == f"/console/digests/ada?week={week}"
    assert "nightshift runs list --name digest" in page.text
    assert "There is no digest of 2020-W01" in (await browser.get("/console/digests?week=2020-W01")).text


async def test_a_user_that_is_typed_leads_to_the_users_own_address(browser: Browser, week: str) -> None:
    page = await browser.get("/console/digests?user=ada")
    assert page.response.url.path == "/console/digests/ada"
    assert page.one("option[selected]").text() == week


async def test_the_digest_is_in_a_sandboxed_frame_of_its_own_policy(browser: Browser, week: str) -> None:
    page = await browser.get("/console/digests/ada")
    frame = page.one("iframe").attributes
    assert frame["sandbox"] == ""
    assert "nightshift digest show ada" in page.text
    inside = await browser.get(str(frame["src"]))
    policy = inside.response.headers["content-security-policy"]
    assert (inside.status, inside.response.headers["x-frame-options"]) == (200, "SAMEORIGIN")
    for part in ("default-src 'none'", "img-src data:", "sandbox", "frame-ancestors 'self'"):
        assert part in policy
    assert "script-src" not in policy
    assert "https:" not in policy
    assert "Your week in clothes" in inside.text


async def test_every_other_page_keeps_the_strict_policy(browser: Browser, week: str) -> None:
    for path in ("/console/digests", "/console/digests/ada"):
        headers = (await browser.get(path)).response.headers
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


async def test_feedback_is_noted_for_the_user_and_shown(world: ApiWorld, browser: Browser, week: str) -> None:
    await browser.sign_in("admin")
    page = await browser.get("/console/digests/ada")
    done = await browser.send(page, "/console/digests/ada/feedback", verdict="up")
    assert "is liked. The next digest heeds it." in done.text
    assert done.one("button[aria-pressed]").attributes["value"] == "up"
    wrong = await browser.send(page, "/console/digests/ada/feedback", verdict="sideways")
    assert (wrong.status, "up or down" in wrong.text) == (422, True)


async def test_a_user_is_opted_out_and_in_again(world: ApiWorld, browser: Browser, week: str) -> None:
    await browser.sign_in("admin")
    page = await browser.send(await browser.get("/console/digests/ada"), "/console/digests/ada/wanted")
    assert "ada has opted out" in page.text
    world.time.advance(1)
    page = await browser.send(page, "/console/digests/ada/wanted")
    assert "ada has opted out" not in page.text


@pytest.mark.parametrize("path", ["feedback", "wanted"])
async def test_what_a_user_says_takes_the_role_producer_and_the_sessions_token(
    browser: Browser, week: str, path: str
) -> None:
    page = await browser.get("/console/digests/ada")
    assert not page.tree.css(f"form[action$='/{path}']")
    token = page.one("input[name=token]").attributes["value"]
    refused = await browser.post(f"/console/digests/ada/{path}", token=token, item="red-shirt", verdict="up")
    assert (refused.status, "takes the role producer" in refused.text) == (403, True)
    await browser.sign_in("admin")
    assert (await browser.post(f"/console/digests/ada/{path}", item="red-shirt", verdict="up")).status == 403
    crossed = await browser.post(f"/console/digests/ada/{path}", headers={"origin": "https://evil.example"})
    assert crossed.status == 403


async def test_a_reader_of_one_user_sees_that_one_alone(world: ApiWorld, week: str) -> None:
    await world.owns("right", "hat")
    await world.run("digest", force=True)
    async with Browser(world) as browser:
        await browser.sign_in("reader-right")
        assert (await browser.get("/console/digests/right")).status == 200
        assert (await browser.get("/console/digests/right/frame")).status == 200
        assert (await browser.get("/console/digests/ada")).status == 403
        assert (await browser.get("/console/digests/ada/frame")).status == 403
        assert (await browser.get("/console/digests")).status == 403


async def test_what_strangers_write_is_text(world: ApiWorld, browser: Browser) -> None:
    user = f"u{SCRIPT}{ATTRIBUTE}"
    await world.owns(user, SCRIPT, ATTRIBUTE)
    await world.run("digest")
    await browser.sign_in("admin")
    listed = await browser.get("/console/digests")
    shown = await browser.get(str(listed.one("tbody th a").attributes["href"]))
    assert shown.status == 200
    assert SCRIPT in shown.text
    assert is_harmless(listed)
    assert is_harmless(shown)
    inside = await browser.get(str(shown.one("iframe").attributes["src"]))
    assert not inside.tree.css("script")


async def test_one_that_there_is_not_is_told(browser: Browser) -> None:
    assert "There is no digest of bob yet." in (await browser.get("/console/digests/bob")).text
    assert (await browser.get("/console/digests/bob?week=2026-W40")).status == 404
    assert (await browser.get("/console/digests/bob/frame")).status == 404
