"""The page of metrics: charts of an organisation's metrics, by tier and range, and up to when they are complete."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from operations import usage_events
from operations.lines import Line
from processors.catalogue import SOURCES
from processors.metrics.registry import KINDS
from shared import clock
from shared.rollups.rolling_up import roll_up_standing
from tests.actors import ADMIN
from tests.integration.api.worlds import ApiWorld
from tests.integration.console.browser import Browser
from tests.integration.console.hostile import SCRIPT, is_harmless


@pytest.fixture
async def events(world: ApiWorld) -> None:
    """Two documents of acme, rolled up."""
    at = clock.text_now(-timedelta(hours=30))
    event = {"orgId": "acme", "kind": "document", "occurredAt": at}
    lines = [Line(n, {**event, "event_id": f"e{n}"}) for n in range(2)]
    assert len([one async for one in usage_events.record(world.documents, ADMIN, lines)]) == 2
    for kind in KINDS:
        await roll_up_standing(world.documents, SOURCES[0], kind, 100)


async def test_an_organisations_metrics_are_drawn_with_their_totals(browser: Browser, events: None) -> None:
    page = await browser.get("/console/metrics?org=acme")
    assert page.status == 200
    assert len(page.tree.css("svg.chart rect.bar")) >= 1
    assert "in 2 events" in page.text
    assert "Complete up to 2026-11-23" in page.text
    assert "nightshift metrics overview --org acme --from 7d" in page.text
    assert "unsafe" not in page.response.headers["content-security-policy"]


async def test_tier_and_range_are_in_the_address(browser: Browser, events: None) -> None:
    page = await browser.get("/console/metrics?org=acme&days=30&tier=day")
    assert "Read by day." in page.text
    one = await browser.get(str(page.tree.css("h2 a")[0].attributes["href"]))
    assert len(one.tree.css("main h2")) == 1
    assert "--from 30d --source day" in one.text


async def test_a_tier_an_organisation_or_a_zone_that_there_is_not_is_told(browser: Browser) -> None:
    assert "Nothing in this time: documents_processed" in (await browser.get("/console/metrics?org=nobody")).text
    assert (await browser.get("/console/metrics?tier=week")).status == 422
    assert (await browser.get("/console/metrics?metric=nothing")).status == 422
    assert (await browser.get("/console/metrics?timezone=Mars")).status == 422


async def test_what_strangers_write_is_text(browser: Browser) -> None:
    page = await browser.get("/console/metrics", org=json.dumps(SCRIPT))
    assert is_harmless(page)
    page = await browser.get("/console/metrics?org=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.status == 200
    assert SCRIPT in page.text
    assert is_harmless(page)


async def test_a_reader_of_one_organisation_sees_that_one_alone(world: ApiWorld) -> None:
    async with Browser(world) as browser:
        await browser.sign_in("reader-right")
        assert (await browser.get("/console/metrics?org=right")).status == 200
        assert (await browser.get("/console/metrics?org=wrong")).status == 403
        assert (await browser.get("/console/metrics")).status == 403
