"""Does a source's fault stay that source's, with its reason, and is nothing lost or done twice?"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from pytest_mock import MockerFixture

from demo.feeds_double import Shown, Site
from processors.scraper import enrich, reading, sources
from shared.documents.containers import SCRAPED_ITEMS
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Permanent, RateLimited
from shared.jobs.runtime import Runtime
from shared.services import Services
from shared.web.exchange import Fetched
from tests.integration.jobs.worlds import Killed, MovingClock, WatchedDocuments
from tests.integration.scraper.worlds import FEED, ScrapeWorld, rss

DAY = 86_400
MEGABYTE = 1024 * 1024


def packed(size: int) -> bytes:
    """Return so many zeros, packed."""
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=zlib.Z_BEST_SPEED) as file:
        for _ in range(size // MEGABYTE):
            file.write(bytes(MEGABYTE))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        (Shown(b"<rss><channel><item><title>cut o"), "feed_broken"),
        (Shown(b"<html>not a feed</html>", "text/html"), "feed_broken"),
        (Shown(b"<title>Just a moment...</title>", "text/html"), "page_challenge"),
        (Shown(b"<html xmlns='http://www.w3.org/1999/xhtml'><title>Shop</title></html>", "application/xhtml+xml"),
         "feed_broken"),
        (Shown(status=404), "content_missing"),
        (Shown(status=403), "content_denied"),
        (Shown(b"x" * 50 * MEGABYTE), "content_too_large"),
        (Shown(packed(50 * MEGABYTE), headers={"Content-Encoding": "gzip"}), "content_too_large"),
        (Shown(b"%PDF", "application/pdf"), "content_type"),
        (Shown(status=302, headers={"Location": FEED}), "redirects"),
        (Shown(status=302, headers={"Location": "https://169.254.169.254/metadata"}), "address_refused"),
        (Shown(status=302, headers={"Location": "http://10.0.0.1/"}), "address_refused"),
        (Shown(b""), "content_empty"),
    ],
)  # fmt: skip
async def test_a_bad_source_is_a_dead_letter_with_its_reason_and_the_others_go_on(
    world: ScrapeWorld, site: Site, shown: Shown, code: str
) -> None:
    site.shows |= {FEED: shown, "/good": rss(("/a", "Linen"))}
    bad, _ = await world.add(), await world.add("/good")

    entry = await world.scrape()

    assert entry.status == "completed_with_failures"
    assert (entry.counters["new"], entry.counters["sources_failed"]) == (1, 1)
    (dead,) = [job for job in await world.jobs(entry.id) if job.status == "dead"]
    assert dead.reason is not None
    assert dead.reason.code == code
    source = await world.source(bad)
    assert (source["failures"], source["lastError"]["code"]) == (1, code)
    assert "lastSuccessAt" not in source


async def test_a_server_that_fails_for_a_while_is_tried_again(
    world: ScrapeWorld, site: Site, time: MovingClock
) -> None:
    site.shows[FEED] = Shown(status=503)
    await world.add()
    run = await world.open("scraper")
    while not any(outcome.what == "retried" for outcome in world.outcomes) and len(site.asked(FEED)) < 2:
        outcome = await world.deliver()
        if outcome is None:
            time.advance(5)
    site.shows[FEED] = rss(("/a", "Linen"))

    await world.work_off()

    entry = await world.entry("scraper", run)
    assert (entry.status, entry.counters["new"]) == ("completed", 1)


async def test_a_source_that_fails_in_several_runs_in_a_row_is_paused_with_the_reason(
    new_world: Callable[..., ScrapeWorld], site: Site, time: MovingClock
) -> None:
    world = new_world(scraper_failures_to_pause=3)
    site.shows[FEED] = Shown(status=404)
    body = await world.add()
    for _ in range(2):
        await world.scrape()
        time.advance(DAY)
    assert (await world.source(body))["active"]

    entry = await world.scrape()

    source = await world.source(body)
    assert (source["active"], source["failures"], entry.counters["sources_paused"]) == (False, 3, 1)
    assert "3 runs in a row" in source["pausedReason"]
    assert "404" in source["pausedReason"]
    time.advance(DAY)
    asked = len(site.asked(FEED))
    await world.scrape()
    assert len(site.asked(FEED)) == asked

    await sources.resume(world.documents, source)
    site.shows[FEED] = rss(("/a", "Linen"))
    time.advance(DAY)
    assert (await world.scrape()).counters["new"] == 1
    resumed = await world.source(body)
    assert (resumed["failures"], "pausedReason" in resumed) == (0, False)


async def test_a_success_ends_the_row_of_failures(world: ScrapeWorld, site: Site, time: MovingClock) -> None:
    body = await world.add()
    for shown in (Shown(status=404), Shown(status=404), rss(("/a", "x")), Shown(status=404)):
        site.shows[FEED] = shown
        await world.scrape()
        time.advance(DAY)

    assert (await world.source(body))["failures"] == 1


async def test_a_source_that_used_to_have_items_and_has_none_for_long_is_reported(
    world: ScrapeWorld, site: Site, time: MovingClock
) -> None:
    site.shows[FEED] = rss(("/a", "Linen"))
    body = await world.add()
    await world.scrape()
    site.shows[FEED] = rss()
    time.advance(DAY)
    assert "sources_silent" not in (await world.scrape()).counters

    time.advance(31 * DAY)
    entry = await world.scrape()

    assert (entry.status, entry.counters["sources_silent"]) == ("completed", 1)
    assert (await world.source(body))["failures"] == 0


async def test_a_worker_killed_half_way_loses_nothing_and_adds_nothing_twice(
    new_world: Callable[..., ScrapeWorld], site: Site, time: MovingClock, mocker: MockerFixture
) -> None:
    store = SqliteDocuments(":memory:")
    world = new_world(documents=store)
    site.shows[FEED] = rss(*((f"/{n}", f"Look {n}") for n in range(40)))
    await world.add()
    create, created = store.create, 0

    async def dying(container: Any, body: Any) -> Any:
        nonlocal created
        created += container is SCRAPED_ITEMS
        if created == 20:
            raise Killed
        return await create(container, body)

    mocker.patch.object(store, "create", dying)
    run = await world.open("scraper")
    with pytest.raises(Killed):
        await world.work_off()
    assert 0 < len(await world.items()) < 40
    mocker.stopall()

    survivor = new_world(documents=store)
    survivor.queues = world.queues
    survivor.services = Services(world.settings, store, world.queues, world.services.blobs)
    survivor.runtime = Runtime(survivor.services)
    await survivor.work_off()

    entry = await survivor.entry("scraper", run)
    assert entry.status == "completed"
    items = await survivor.items()
    assert len(items) == len({item["url"] for item in items}) == 40
    assert all("embedding" in item for item in items)
    await survivor.services.close()


async def test_a_store_that_throttles_costs_no_attempt_and_loses_nothing(
    new_world: Callable[..., ScrapeWorld], site: Site
) -> None:
    log: list[str] = []
    store = WatchedDocuments(SqliteDocuments(":memory:"), log)
    world = new_world(documents=store)
    site.shows[FEED] = rss(*((f"/{n}", f"Look {n}") for n in range(10)))
    await world.add()
    store.fail("get scrapedItems", times=3)
    store.fail("query scrapedItems", times=2)

    entry = await world.scrape()

    assert (entry.status, entry.counters["sources_scraped"]) == ("completed", 1)
    assert len(await world.items()) == 10
    (job,) = await world.jobs(entry.id)
    assert (job.status, job.attempts) == ("completed", 0)


async def test_vectors_that_cannot_be_had_hold_the_job_and_the_items_are_there(
    world: ScrapeWorld, site: Site, mocker: MockerFixture
) -> None:
    site.shows[FEED] = rss(("/a", "Linen"))
    body = await world.add()
    embed, calls = world.services.embedder.embed, 0

    async def limited(texts: Any, caller: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RateLimited("slow down", dependency="model:embedding")
        return await embed(texts, caller)

    mocker.patch.object(world.services.embedder, "embed", limited)

    entry = await world.scrape()

    (item,) = await world.items()
    assert (entry.status, "embedding" in item) == ("completed", True)
    (job,) = await world.jobs(entry.id)
    assert job.attempts == 0
    assert (await world.source(body))["failures"] == 0


def fetched(body: bytes, content_type: str = "text/html") -> Fetched:
    """Return a body as if it had been fetched."""
    return Fetched("https://shop.example/", content_type, body)


@pytest.mark.parametrize(
    ("source_type", "body"),
    [
        ("page", b"<div>" * 300_000),
        ("page", b"".join(b"<b id=%d>" % n for n in range(3000)) + b"<p>" * 100_000),
        ("rss", b"<rss version='2.0'><channel><item><title>" + b"<a>" * 500_000),
    ],
    ids=["deep", "formatting", "deep feed"],
)
async def test_a_bomb_ends_its_reader_and_nothing_else(mocker: MockerFixture, source_type: str, body: bytes) -> None:
    mocker.patch.object(reading, "SECONDS", 3.0)

    with pytest.raises(Permanent) as refused:
        await reading.read(source_type, fetched(body))

    assert refused.value.code in ("content_bomb", "page_empty")


async def test_a_reader_that_takes_too_long_is_ended(mocker: MockerFixture) -> None:
    mocker.patch.object(reading, "SECONDS", 0.01)

    with pytest.raises(Permanent) as refused:
        await reading.read("page", fetched(b"<title>x</title>"))

    assert refused.value.code == "content_bomb"


async def test_a_feed_of_ten_thousand_entries_is_taken_whole(world: ScrapeWorld, site: Site) -> None:
    site.shows[FEED] = rss(*((f"/{n}", f"Look {n}") for n in range(10_000)))
    await world.add()

    entry = await world.scrape()

    assert (entry.status, entry.counters["new"], entry.counters["embedded"]) == ("completed", 10_000, 10_000)


async def test_only_so_many_pictures_are_fetched_in_a_run(
    world: ScrapeWorld, site: Site, mocker: MockerFixture, time: MovingClock
) -> None:
    mocker.patch.object(enrich, "PICTURES_A_RUN", 2)
    items = "".join(
        f"<item><link>/{n}</link><title>Look {n}</title><enclosure type='image/png' url='/{n}.png'/></item>"
        for n in range(5)
    )
    site.shows[FEED] = Shown(f"<rss version='2.0'><channel>{items}</channel></rss>".encode())
    await world.add()

    asked = []
    for _ in range(3):
        await world.scrape()
        time.advance(DAY)
        asked.append(sum(one.path.endswith(".png") for one in site.log))

    assert asked == [2, 4, 5]
