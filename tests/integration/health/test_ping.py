"""Is a monitor elsewhere told of each good look, at hosts that are allowed, and without its address in the log?"""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from shared.config import Settings
from shared.errors import Unavailable
from tests.integration.health.worlds import HealthWorld
from tests.integration.jobs.worlds import MovingClock
from tests.integration.web.pages import Page, answer, serving

SECRET = "c0ffee"


async def looked(time: MovingClock, settings: Settings, *, store_fails: bool = False) -> None:
    """Let the watch look once."""
    world = HealthWorld(time, settings)
    await world.begin()
    if store_fails:
        await world.documents.close()
    try:
        await world.watch()
    finally:
        await world.services.fetcher.close()


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(answer(200, b"OK", Content_Type="text/plain; charset=utf-8"), id="it says OK"),
        pytest.param(answer(200, b"", Content_Type=""), id="it says nothing"),
    ],
)
async def test_a_good_look_is_told(time: MovingClock, caplog: pytest.LogCaptureFixture, page: Page) -> None:
    async with serving(ping=page) as site:
        settings = Settings(health_ping_url=site.url(f"/ping/{SECRET}"), fetch_allowed_local=site.host)
        await looked(time, settings)

        assert [request.split("\r\n")[0] for request in site.asked] == [f"GET /ping/{SECRET} HTTP/1.1"]
    assert not [line for line in caplog.records if line.levelno >= logging.WARNING and "monitor" in line.message]


@pytest.mark.parametrize(
    ("page", "code"),
    [
        pytest.param(answer(404), "content_missing", id="not found"),
        pytest.param(answer(500), "content_failed", id="it fails"),
        pytest.param(answer(302, Location="https://elsewhere.example/"), "host_not_allowed", id="leads elsewhere"),
    ],
)
async def test_a_ping_that_fails_is_logged_by_its_host_alone_and_no_failure_of_the_look(
    time: MovingClock, caplog: pytest.LogCaptureFixture, page: Page, code: str
) -> None:
    async with serving(ping=page) as site:
        await looked(time, Settings(health_ping_url=site.url(f"/ping/{SECRET}"), fetch_allowed_local=site.host))

    said = [line.message for line in caplog.records if "monitor" in line.message]
    assert said == [f"the monitor at 127.0.0.1 can't be told that the watch lives: {code}"]
    assert SECRET not in caplog.text


@pytest.mark.parametrize("url", [f"https://elsewhere.example/{SECRET}", f"http://127.0.0.1:9/{SECRET}", "nonsense"])
async def test_a_host_that_is_not_allowed_is_never_asked(
    time: MovingClock, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    await looked(time, Settings(health_ping_url=url))

    assert "can't be told that the watch lives" in caplog.text
    assert SECRET not in caplog.text


async def test_a_look_that_fails_is_not_told(time: MovingClock) -> None:
    async with serving(ping=answer(200, b"OK", Content_Type="text/plain")) as site:
        settings = Settings(health_ping_url=site.url("/ping"), fetch_allowed_local=site.host)
        with pytest.raises(Unavailable):
            await looked(time, replace(settings), store_fails=True)

        assert site.asked == []
