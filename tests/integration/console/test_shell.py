"""What every page of the console comes with."""

from __future__ import annotations

import pytest

from tests.integration.api.worlds import ApiWorld
from tests.integration.console.browser import Browser

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


@pytest.mark.parametrize("path", ["/console", "/console/sign-in", "/console/nothing", "/console/static/nothing.js"])
async def test_every_answer_has_the_strict_policy(browser: Browser, path: str) -> None:
    headers = (await browser.get(path)).response.headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert {name: policy[name] for name in POLICY} == POLICY
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"


async def test_a_page_needs_nothing_of_another_site_and_nothing_that_the_policy_forbids(browser: Browser) -> None:
    page = await browser.get("/console")
    for element in page.tree.css("*"):
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
        for address in (element.attributes.get(name) for name in ("src", "href", "action", "hx-get")):
            assert address is None or address.startswith(("/console", "#"))
    assert not [one for one in page.tree.css("script") if not one.attributes.get("src")]
    assert not page.tree.css("style")


async def test_files_are_cached_for_good_under_the_hash_of_their_content_and_need_no_session(world: ApiWorld) -> None:
    async with Browser(world) as browser:
        page = await browser.get("/console/sign-in")
        files = [one.attributes["href"] for one in page.tree.css("link")]
        files += [one.attributes["src"] for one in page.tree.css("script")]
        assert len(files) == 5
        for address in files:
            answer = await browser.client.get(str(address))
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert (await browser.client.get("/console/static/0123456789abcdef/console.css")).status_code == 404
        assert page.response.headers["cache-control"] == "no-store"


async def test_a_page_that_there_is_not_is_told_as_a_page(browser: Browser) -> None:
    page = await browser.get("/console/nothing")
    assert (page.status, "There is no such page." in page.text) == (404, True)


async def test_pages_are_the_readers_and_changes_the_operators(world: ApiWorld) -> None:
    async with Browser(world) as browser:
        await browser.sign_in("producer")
        page = await browser.get("/console")
        assert (page.status, "it takes the role reader" in page.text) == (403, True)
        await browser.sign_in("reader-right")
        page = await browser.get("/console")
        assert (page.status, "it takes the role reader for everything" in page.text) == (403, True)
