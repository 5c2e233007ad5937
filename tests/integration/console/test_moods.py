"""The pages of moods: their colours as swatches, and how many items support each, week by week."""

from __future__ import annotations

from shared.documents.containers import MOODS
from tests.integration.api.worlds import ApiWorld
from tests.integration.console.browser import Browser
from tests.integration.console.hostile import ATTRIBUTE, SCRIPT, is_harmless


async def test_moods_are_listed_with_swatches_and_trend_lines(world: ApiWorld, browser: Browser) -> None:
    await world.is_in_the_air("linen resort", items=5)
    await world.is_in_the_air("sea salt", items=2)
    page = await browser.get("/console/moods?weeks=6")
    assert page.status == 200
    assert [one.text() for one in page.tree.css("tbody a")] == ["linen resort", "sea salt"]
    assert page.tree.css("svg.palette rect")[0].attributes["fill"] == "#fafafa"
    line = page.tree.css("svg.trend polyline")[0].attributes["points"] or ""
    assert len(line.split()) == 6
    assert "2026-W48: 5" in (page.tree.css("svg.trend")[0].attributes["aria-label"] or "")
    assert "nightshift moods trend --weeks 6" in page.text
    assert "unsafe" not in page.response.headers["content-security-policy"]


async def test_those_of_one_primary_mood_are_shown_and_one_that_there_is_not_is_told(
    world: ApiWorld, browser: Browser
) -> None:
    await world.is_in_the_air("linen resort")
    assert "There are no moods yet" in (await browser.get("/console/moods?primary=preppy")).text
    assert "linen resort" in (await browser.get("/console/moods?primary=resort")).text
    wrong = await browser.get("/console/moods?primary=resrt")
    assert (wrong.status, "There is no primary mood" in wrong.text) == (422, True)


async def test_a_mood_has_an_address_with_its_weeks(world: ApiWorld, browser: Browser) -> None:
    await world.is_in_the_air("linen resort", items=5)
    listed = await browser.get("/console/moods")
    page = await browser.get(str(listed.one("tbody a").attributes["href"]))
    assert page.one("h1").text() == "linen resort"
    assert len(page.tree.css("tbody tr")) == 8
    assert "nightshift moods show" in page.text
    assert (await browser.get("/console/moods/nothing")).status == 404


async def test_what_strangers_write_is_text_and_no_colour(world: ApiWorld, browser: Browser) -> None:
    await world.is_in_the_air(f"x{SCRIPT}{ATTRIBUTE}")
    (body,) = [document.body async for document in world.documents.query(MOODS)]
    body["signals"] |= {"palette": ["#112233", f"red{ATTRIBUTE}", "url(https://evil.example)"], "fabrics": [SCRIPT]}
    await world.documents.upsert(MOODS, body)
    listed = await browser.get("/console/moods")
    shown = await browser.get(str(listed.one("tbody a").attributes["href"]))
    for page in (listed, shown):
        assert page.status == 200
        assert is_harmless(page)
        assert [one.attributes["fill"] for one in page.tree.css("svg.palette rect")] == ["#112233"]


async def test_moods_are_for_readers_of_everything(world: ApiWorld) -> None:
    async with Browser(world) as browser:
        await browser.sign_in("reader-right")
        assert (await browser.get("/console/moods")).status == 403
        await browser.sign_in("reader")
        assert (await browser.get("/console/moods")).status == 200
