"""A worker whose clock was far ahead has scraped: are its hosts held up, or its items let go? No."""

from __future__ import annotations

from datetime import timedelta

import pytest

from demo.feeds_double import Shown, Site
from processors.scraper import items
from processors.scraper.fetching import fetcher_of
from processors.scraper.hosts import PARTITION, Hosts
from processors.scraper.sources import validators_of
from shared import clock
from shared.documents.containers import SCRAPER_SOURCES
from shared.errors import Transient
from shared.web.exchange import Wanted
from tests.integration.jobs.worlds import MovingClock
from tests.integration.scraper.worlds import FEED, ScrapeWorld, rss

TEXT = Wanted(frozenset({"text/"}), 1000)
TWO_DAYS = timedelta(days=2)


def hosts(world: ScrapeWorld) -> Hosts:
    """Return another worker's view of hosts on the same store."""
    return Hosts(fetcher_of(world.services), world.documents, delay_seconds=0.0)


@pytest.mark.parametrize("ahead", [timedelta(minutes=20), TWO_DAYS])
async def test_a_turn_that_was_taken_far_ahead_holds_nobody(
    world: ScrapeWorld, site: Site, time: MovingClock, ahead: timedelta
) -> None:
    site.shows["/a"] = Shown(b"x", "text/plain")
    time.now += ahead
    await hosts(world).get(site.url("/a"), TEXT)
    time.now -= ahead

    await hosts(world).get(site.url("/a"), TEXT)

    assert len(site.asked("/a")) == 2
    assert len(site.asked("/robots.txt")) == 2, "nor is its robots.txt kept for longer"


async def test_a_turn_of_the_year_9999_that_says_nothing_else_holds_nobody(world: ScrapeWorld, site: Site) -> None:
    site.shows["/a"] = Shown(b"x", "text/plain")
    host = site.url("").rstrip("/")
    turn = {"id": f"turn|{host}", "sourceType": PARTITION, "nextAt": "9999-12-31T00:00:00.000Z", "schemaVersion": 1}
    await world.documents.create(SCRAPER_SOURCES, turn)

    await hosts(world).get(site.url("/a"), TEXT)

    assert len(site.asked("/a")) == 1


async def test_a_host_that_wants_to_be_left_alone_for_a_day_is(
    world: ScrapeWorld, site: Site, time: MovingClock
) -> None:
    site.shows |= {"/busy": Shown(status=429, headers={"Retry-After": "86400"}), "/a": Shown(b"x", "text/plain")}
    with pytest.raises(Transient, match="429"):
        await hosts(world).get(site.url("/busy"), TEXT)
    time.advance(86_000)

    with pytest.raises(Transient) as refused:
        await hosts(world).get(site.url("/a"), TEXT)

    assert refused.value.code == "host_busy"


async def test_an_item_seen_far_ahead_is_kept_as_long_as_it_is_shown(
    world: ScrapeWorld, site: Site, time: MovingClock
) -> None:
    site.shows[FEED] = rss(("/a", "x"))
    await world.add()
    time.now += timedelta(days=300)
    await world.scrape()
    time.now -= timedelta(days=300)

    await world.scrape()

    (item,) = await world.items()
    assert item["seenAt"] <= clock.text_now()


def test_a_source_listed_far_ahead_is_listed_again(time: MovingClock) -> None:
    body = {"etag": "1", "lastListedAt": clock.text_now(TWO_DAYS)}

    assert validators_of(body, listed_every=items.SEEN_EVERY).etag == ""
    assert validators_of({**body, "lastListedAt": clock.text_now()}, listed_every=items.SEEN_EVERY).etag == "1"
