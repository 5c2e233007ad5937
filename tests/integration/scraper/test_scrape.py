"""Do sources become items, once each, and again only when they have changed?"""

from __future__ import annotations

import json
from dataclasses import replace
from html import escape

import pytest

from demo.feeds_double import Shown, Site
from operations.sources import preview
from shared.models.embeddings import LOCAL_MODEL
from tests.actors import ADMIN
from tests.integration.jobs.worlds import MovingClock
from tests.integration.scraper.worlds import FEED, ScrapeWorld, rss
from tests.pictures import picture, saved

DAY = 86_400


async def test_each_type_of_source_becomes_items(world: ScrapeWorld, site: Site) -> None:
    atom = """<feed xmlns='http://www.w3.org/2005/Atom'><title>Mag</title><entry><title>Velvet</title>
    <link href='/velvet'/><updated>2026-11-22T08:00:00Z</updated></entry></feed>"""
    post = {"title": "Baggy jeans", "permalink": "/r/s/comments/1/x/", "created_utc": 1795424400}
    product = {"@type": "Product", "name": "Linen dress", "offers": {"price": "89.90", "priceCurrency": "USD"}}
    site.shows |= {
        FEED: rss(("/linen", "Linen")),
        "/atom": Shown(atom.encode(), "application/atom+xml"),
        "/r/s/new.json": Shown(
            json.dumps({"data": {"children": [{"data": post}]}}).encode(), "application/json; charset=UTF-8"
        ),
        "/dress": Shown(
            f"<script type='application/ld+json'>{json.dumps(product)}</script>".encode(), "text/html; charset=utf-8"
        ),
    }
    for path, source_type in ((FEED, "rss"), ("/atom", "rss"), ("/r/s/new.json", "reddit"), ("/dress", "page")):
        await world.add(path, source_type)

    entry = await world.scrape()

    assert (entry.status, entry.counters["new"], entry.counters["sources_scraped"]) == ("completed", 4, 4)
    items = {item["title"]: item for item in await world.items()}
    assert set(items) == {"Linen", "Velvet", "Baggy jeans", "Linen dress"}
    assert (items["Linen dress"]["priceMicro"], items["Linen dress"]["currency"]) == (89_900_000, "USD")
    assert items["Velvet"]["publishedAt"] == "2026-11-22T08:00:00.000Z"
    assert {item["embeddingModel"] for item in items.values()} == {LOCAL_MODEL}


async def test_a_second_scrape_adds_nothing_and_writes_nothing(
    world: ScrapeWorld, site: Site, time: MovingClock
) -> None:
    site.shows[FEED] = rss(("/a", "Linen"), ("/b", "Lace"), ("/a?utm_source=again", "Linen"))
    await world.add()
    await world.scrape()
    before = await world.items()
    time.advance(DAY)

    entry = await world.scrape()

    assert entry.counters["new"] == 0
    assert entry.counters["known"] == 2
    assert await world.items() == before


async def test_an_entry_that_has_changed_is_brought_up_to_date(
    world: ScrapeWorld, site: Site, time: MovingClock
) -> None:
    site.shows[FEED] = rss(("/a", "Linen"))
    await world.add()
    await world.scrape()
    (before,) = await world.items()
    site.shows[FEED] = rss(("/a", "Linen, now in sand"))
    time.advance(DAY)

    entry = await world.scrape()

    (after,) = await world.items()
    assert (entry.counters["updated"], after["title"]) == (1, "Linen, now in sand")
    assert (after["scrapedAt"], after["id"]) == (before["scrapedAt"], before["id"])
    assert after["embedding"] != before["embedding"]


async def test_what_another_source_has_brought_is_not_stored_again(world: ScrapeWorld, site: Site) -> None:
    site.shows |= {
        FEED: rss(("/a", "Linen"), text="By the sea"),
        "/copy": rss(("/a#top", "Linen"), ("/elsewhere", "Linen"), text="By the sea"),
    }
    await world.add()
    await world.scrape("2026-11-22")
    copy = await world.add("/copy")

    await world.scrape("2026-11-23")

    assert [item["url"] for item in await world.items()] == [site.url("/a")]
    assert (await world.source(copy))["lastCounts"]["duplicate"] == 2


async def test_a_trial_shows_what_a_run_takes(world: ScrapeWorld, site: Site) -> None:
    shown = [("/b", "Lace"), ("/a?utm_source=x", "Linen"), ("/b#top", "Lace"), ("/c", "Lace"), ("/d", "Silk"), ("", "")]
    site.shows |= {"/first": rss(("/a", "Linen"), text="By the sea"), FEED: rss(*shown)}
    await world.add("/first")
    await world.scrape("2026-11-22")

    before = await preview(world.services, ADMIN, site.url(FEED), source_type="rss")
    source = await world.add()
    await world.scrape("2026-11-23")
    after = await preview(world.services, ADMIN, site.url(FEED), source_type="rss")

    taken = [item["url"] for item in await world.items() if item["sourceId"] == source["id"]]
    assert sorted(item["url"] for item in before.items) == taken == [site.url("/b"), site.url("/d")]
    assert (before.listed, before.duplicates, before.left_out) == (2, 3, 1)
    assert after == before


async def test_what_is_still_shown_is_kept_longer(world: ScrapeWorld, site: Site, time: MovingClock) -> None:
    site.shows[FEED] = rss(("/a", "Linen"))
    await world.add()
    await world.scrape()
    (before,) = await world.items()
    time.advance(8 * DAY)

    await world.scrape()

    (after,) = await world.items()
    assert after == {**before, "seenAt": after["seenAt"]}
    assert after["seenAt"] > before["seenAt"]


async def test_a_source_that_has_nothing_newer_is_asked_by_its_etag(
    world: ScrapeWorld, site: Site, time: MovingClock
) -> None:
    site.shows[FEED] = replace(rss(("/a", "Linen")), etag='"v1"')
    body = await world.add()
    await world.scrape()
    time.advance(DAY)

    entry = await world.scrape()

    assert [asked.status for asked in site.asked(FEED)] == [200, 304]
    assert (entry.counters["not_modified"], entry.counters["new"]) == (1, 0)
    assert (await world.source(body))["etag"] == '"v1"'


async def test_a_source_that_never_changes_is_read_once_a_week_and_keeps_its_items(
    world: ScrapeWorld, site: Site, time: MovingClock
) -> None:
    site.shows[FEED] = replace(rss(("/a", "Linen")), etag='"v1"')
    await world.add()
    for _ in range(9):
        await world.scrape()
        time.advance(DAY)

    assert [asked.status for asked in site.asked(FEED)] == [200, *[304] * 6, 200, 304]
    (item,) = await world.items()
    assert item["seenAt"] > item["scrapedAt"]


async def test_pictures_that_are_nearly_the_same_are_told(world: ScrapeWorld, site: Site) -> None:
    shown = {"/1.png": saved(picture(1)), "/2.png": saved(picture(1).resize((160, 120))), "/3.png": saved(picture(2))}
    site.shows |= {path: Shown(body, "image/png") for path, body in shown.items()}
    items = "".join(
        f"<item><link>/{n}</link><title>Look {n}</title><enclosure type='image/png' url='/{n}.png'/></item>"
        for n in (1, 2, 3, 4)
    )
    site.shows[FEED] = Shown(f"<rss version='2.0'><channel>{items}</channel></rss>".encode())
    await world.add()

    entry = await world.scrape()

    by_title = {item["title"]: item for item in await world.items()}
    twins = {title for title, item in by_title.items() if "duplicateOf" in item}
    assert len(twins & {"Look 1", "Look 2"}) == len(twins) == 1
    assert by_title["Look 4"]["imageError"] == "content_missing"
    assert (entry.counters["pictures"], entry.counters["pictures_failed"]) == (3, 1)


async def test_a_picture_is_known_again_at_another_source_weeks_later(
    world: ScrapeWorld, site: Site, time: MovingClock
) -> None:
    site.shows |= {f"/{n}.png": Shown(saved(picture(n)), "image/png") for n in range(25)}
    looks = "".join(
        f"<item><link>/{n}</link><title>Look {n}</title><enclosure type='image/png' url='/{n}.png'/></item>"
        for n in range(25)
    )
    site.shows[FEED] = Shown(f"<rss version='2.0'><channel>{looks}</channel></rss>".encode())
    await world.add()
    for _ in range(2):
        await world.scrape()
        time.advance(DAY)
    time.advance(20 * DAY)
    site.shows["/copy.png"] = Shown(saved(picture(3).resize((160, 120)), "JPEG", quality=60), "image/jpeg")
    site.shows["/copies"] = Shown(
        b"<rss version='2.0'><channel><item><link>/copy</link><title>Seen elsewhere</title>"
        b"<enclosure type='image/jpeg' url='/copy.png'/></item></channel></rss>"
    )
    await world.add("/copies")

    await world.scrape()

    by_title = {item["title"]: item for item in await world.items()}
    assert by_title["Seen elsewhere"]["duplicateOf"] == by_title["Look 3"]["id"]


async def test_what_is_asked_for_is_what_the_feed_wrote(world: ScrapeWorld, site: Site) -> None:
    pictures = ("/look.png?$pdp$", "/look.png?/dresses/silk", "/caf%E9.png", "/look.png?v2", "/look.png?b=1&a=2#x")
    items = "".join(
        f"<item><link>/{n}</link><title>Look {n}</title><enclosure type='image/png' url='{escape(path)}'/></item>"
        for n, path in enumerate(pictures)
    )
    site.shows["/feed.xml?"] = Shown(f"<rss version='2.0'><channel>{items}</channel></rss>".encode())
    await world.add("/feed.xml?")

    await world.scrape()

    asked = {one.path for one in site.log} - {"/robots.txt"}
    assert asked == {"/feed.xml?", *(path.partition("#")[0] for path in pictures)}


@pytest.mark.parametrize(
    "content_type",
    ["application/xhtml+xml", "text/rss+xml", "application/rss", "xml", "text/html; charset=utf-8", "text/x"],
)
async def test_a_feed_is_read_whatever_its_server_calls_it(world: ScrapeWorld, site: Site, content_type: str) -> None:
    site.shows[FEED] = replace(rss(("/a", "Linen")), content_type=content_type)
    await world.add()

    assert (await world.scrape()).counters["new"] == 1


async def test_a_run_without_sources_completes(world: ScrapeWorld) -> None:
    entry = await world.scrape()

    assert (entry.status, entry.counters["new"]) == ("completed", 0)
