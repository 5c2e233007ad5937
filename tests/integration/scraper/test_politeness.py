"""Are sites asked as they want to be? Seen in their own logs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from demo.feeds_double import Shown, Site
from processors.scraper.fetching import fetcher_of
from processors.scraper.hosts import Hosts
from shared import clock
from shared.errors import Permanent, Transient
from shared.web.exchange import Wanted
from tests.integration.jobs.worlds import MovingClock
from tests.integration.scraper.worlds import FEED, ScrapeWorld, rss

DAY = 86_400
TEXT = Wanted(frozenset({"text/"}), 1000)


def robots(text: str, status: int = 200) -> Shown:
    """Return a robots.txt."""
    return Shown(text.encode(), "text/plain", status=status)


def hosts(world: ScrapeWorld, delay_seconds: float = 0.0) -> Hosts:
    """Return another worker's view of hosts on the same store."""
    return Hosts(fetcher_of(world.services), world.documents, delay_seconds=delay_seconds)


async def test_what_robots_txt_forbids_is_not_asked_for(world: ScrapeWorld, site: Site) -> None:
    site.shows |= {"/robots.txt": robots("User-agent: *\nDisallow: /private\n"), "/private/feed": rss(("/a", "x"))}
    body = await world.add("/private/feed")

    entry = await world.scrape()

    assert (entry.status, entry.counters["sources_failed"]) == ("completed_with_failures", 1)
    assert site.asked("/private/feed") == []
    assert (await world.source(body))["lastError"]["code"] == "robots_disallow"


async def test_rules_for_the_app_by_name_win_over_those_for_all(world: ScrapeWorld, site: Site) -> None:
    site.shows |= {
        "/robots.txt": robots("User-agent: *\nDisallow: /\n\nUser-agent: nightshift\nAllow: /\n"),
        FEED: rss(("/a", "x")),
    }
    await world.add()

    assert (await world.scrape()).counters["new"] == 1


@pytest.mark.parametrize("status", [404, 403, 410])
async def test_a_missing_robots_txt_allows_all(world: ScrapeWorld, site: Site, status: int) -> None:
    site.shows |= {"/robots.txt": robots("", status), FEED: rss(("/a", "x"))}
    await world.add()

    assert (await world.scrape()).counters["new"] == 1


async def test_an_unreachable_robots_txt_forbids_all_until_it_is_there_again(world: ScrapeWorld, site: Site) -> None:
    site.shows |= {"/robots.txt": robots("", 503), FEED: rss(("/a", "x"))}

    with pytest.raises(Transient) as refused:
        await hosts(world).get(site.url(FEED), TEXT)

    assert refused.value.code == "robots_unreachable"
    assert site.asked(FEED) == []


async def test_robots_txt_is_asked_for_once_a_day(world: ScrapeWorld, site: Site, time: MovingClock) -> None:
    site.shows |= {FEED: rss(("/a", "x")), "/other": rss(("/b", "y"))}
    for path in (FEED, "/other"):
        await world.add(path)
    await world.scrape()
    assert len(site.asked("/robots.txt")) == 1

    time.advance(DAY + 1)
    await world.scrape()

    assert len(site.asked("/robots.txt")) == 2


async def test_a_redirect_is_held_to_the_robots_txt_of_where_it_leads(world: ScrapeWorld, site: Site) -> None:
    site.shows |= {
        "/robots.txt": robots("User-agent: *\nDisallow: /private\n"),
        "/moved": Shown(status=302, headers={"Location": "/private"}),
        "/private": rss(("/a", "x")),
    }

    with pytest.raises(Permanent) as refused:
        await hosts(world).get(site.url("/moved"), TEXT)

    assert refused.value.code == "robots_disallow"
    assert site.asked("/private") == []


async def test_workers_leave_a_host_its_delay_between_them(new_world: Callable[..., ScrapeWorld], site: Site) -> None:
    world, delay = new_world(), 0.15
    site.shows |= {f"/{n}": Shown(b"x", "text/plain") for n in range(6)}
    workers = [hosts(world, delay) for _ in range(3)]

    with clock.running_on(clock._system_now):
        await asyncio.gather(*(workers[n % 3].get(site.url(f"/{n}"), TEXT) for n in range(6)))

    at = sorted(asked.at for asked in site.log)
    assert min(later - earlier for earlier, later in pairwise(at)) > delay * 0.6
    assert at[-1] - at[0] >= delay * (len(at) - 1) * 0.9


async def test_a_longer_crawl_delay_wins(world: ScrapeWorld, site: Site) -> None:
    site.shows |= {
        "/robots.txt": robots("User-agent: *\nCrawl-delay: 0.4\n"),
        "/1": Shown(b"x", "text/plain"),
        "/2": Shown(b"x", "text/plain"),
    }
    worker = hosts(world)

    with clock.running_on(clock._system_now):
        for path in ("/1", "/2"):
            await worker.get(site.url(path), TEXT)

    assert site.asked("/2")[0].at - site.asked("/1")[0].at > 0.3


async def test_a_host_that_says_how_long_to_wait_is_asked_by_nobody_before(
    world: ScrapeWorld, site: Site, time: MovingClock
) -> None:
    site.shows |= {"/busy": Shown(status=429, headers={"Retry-After": "600"}), "/ok": Shown(b"x", "text/plain")}
    with pytest.raises(Transient, match="429"):
        await hosts(world).get(site.url("/busy"), TEXT)

    with pytest.raises(Transient) as refused:
        await hosts(world).get(site.url("/ok"), TEXT)
    assert (refused.value.code, site.asked("/ok")) == ("host_busy", [])

    time.advance(601)
    await hosts(world).get(site.url("/ok"), TEXT)
    assert len(site.asked("/ok")) == 1


async def test_the_scraper_says_who_it_is(new_world: Callable[..., ScrapeWorld], site: Site) -> None:
    world = new_world(scraper_contact="https://shop.example/bot")
    site.shows[FEED] = rss(("/a", "x"))
    await world.add()
    await world.scrape()

    assert {asked.agent for asked in site.log} == {"nightshift/1 (scraper; +https://shop.example/bot)"}
