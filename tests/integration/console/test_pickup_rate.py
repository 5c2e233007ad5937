"""The page of pickup rates: rate and interval over time, what other thresholds would have told, worst merchants."""

from __future__ import annotations

from datetime import timedelta

import pytest

from processors.pickup_rate import rules
from processors.pickup_rate.calls import Call
from processors.pickup_rate.run import evaluate_due
from processors.pickup_rate.taking_in import take_in
from shared import clock
from tests.integration.api.worlds import ApiWorld
from tests.integration.console.browser import Browser, Shown
from tests.integration.console.hostile import ATTRIBUTE, SCRIPT, is_harmless

NUMBERS = {"enabled": True, "interval_seconds": 3600, "lookback_seconds": 3600, "threshold": 40, "minimum_sample": 5}


async def calls(world: ApiWorld, picked: int, total: int, *, hours_ago: float, merchant: str = "m1") -> None:
    """Let there have been so many calls, of which so many were picked up."""
    at = clock.text_now(-timedelta(hours=hours_ago))
    for n in range(total):
        said = {
            "call_id": f"{merchant}-{hours_ago}-{n}", "merchantId": merchant, "status": "FINISHED", "initiatedAt": at,
            "outcome": "CONFIRM" if n < picked else "NO_ANSWER", "updatedAt": at,
        }  # fmt: skip
        await take_in(world.documents, Call.model_validate(said))


@pytest.fixture
async def page(world: ApiWorld, browser: Browser) -> Shown:
    """The page of a day in which the rate fell from 80 to 30 %."""
    await rules.change(world.documents, "global", NUMBERS, by="test")
    await calls(world, 8, 10, hours_ago=8.5)
    await calls(world, 3, 10, hours_ago=5.5)
    await calls(world, 1, 10, hours_ago=0.5, merchant="m2")
    return await browser.get("/console/pickup-rate?days=1")


async def test_the_rate_is_drawn_with_interval_threshold_and_when_an_alert_would_fire(page: Shown) -> None:
    assert page.status == 200
    drawing = page.one("svg.chart")
    for part in ("line.threshold", "rect.fires"):
        assert drawing.css(part), part
    assert drawing.css("circle.value")
    assert "With a threshold of 40 %, as it is set: It would have fired" in page.text
    assert "30.0 %" in page.one("#backtest").text()
    assert "nightshift pickup-rate show --scope global" in page.text
    assert "unsafe" not in page.response.headers["content-security-policy"]


async def test_another_threshold_is_tried_by_a_plain_address(browser: Browser, page: Shown) -> None:
    lower = next(one for one in page.tree.css("#backtest a") if one.text() == "20 %")
    tried = await browser.get(str(lower.attributes["href"]))
    assert "With a threshold of 20 %: It would have fired once" in tried.text
    assert tried.one("input[name=threshold]").attributes["value"] == "20"
    assert "nightshift pickup-rate backtest --scope global --from 1d --set threshold=20" in tried.text
    wrong = await browser.get("/console/pickup-rate?threshold=101")
    assert (wrong.status, "threshold of global can't be 101" in wrong.text) == (422, True)


async def test_the_worst_merchants_lead_to_their_own_rates(browser: Browser, page: Shown) -> None:
    (worst,) = page.tree.css("section[aria-labelledby=worst] tbody a")
    assert (worst.text(), worst.attributes["href"]) == ("m2", "/console/pickup-rate?scope=merchant%3Am2")
    assert "Pickup rate of merchant:m2" in (await browser.get(str(worst.attributes["href"]))).text


async def test_alerts_that_were_told_are_marked(world: ApiWorld, browser: Browser, page: Shown) -> None:
    await evaluate_due(world.services, clock.now())
    marked = await browser.get("/console/pickup-rate?days=1")
    assert [one.text() for one in marked.tree.css("path.told title")] == ["Pickup rate below 40 %: global"]


async def test_without_calls_the_page_says_so(browser: Browser) -> None:
    page = await browser.get("/console/pickup-rate?scope=merchant:nobody")
    assert page.status == 200
    assert "There is no data from" in page.text
    wrong = await browser.get("/console/pickup-rate?scope=nonsense")
    assert (wrong.status, "is no scope" in wrong.text) == (422, True)


async def test_what_strangers_write_is_text(world: ApiWorld, browser: Browser) -> None:
    name = f"m{SCRIPT}{ATTRIBUTE}".replace(" ", "")
    await rules.change(world.documents, "global", NUMBERS, by="test")
    await rules.change(world.documents, f"merchant:{name}", {"threshold": 10}, by="test")
    await calls(world, 1, 10, hours_ago=0.5, merchant=name)
    page = await browser.get("/console/pickup-rate?days=1")
    assert name in page.text
    assert is_harmless(page)
    own = await browser.get(str(page.tree.css("section[aria-labelledby=worst] tbody a")[0].attributes["href"]))
    assert own.status == 200
    assert is_harmless(own)


async def test_a_reader_of_one_merchant_sees_that_one_alone(world: ApiWorld) -> None:
    async with Browser(world) as browser:
        await browser.sign_in("reader-right")
        assert (await browser.get("/console/pickup-rate?scope=merchant:right")).status == 200
        assert (await browser.get("/console/pickup-rate?scope=merchant:wrong")).status == 403
        assert (await browser.get("/console/pickup-rate")).status == 403
