"""What do scraping and looking for moods ask of the store?"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, cast

import pytest
from pytest_mock import MockerFixture

from demo.feeds_double import Shown, Site, serving
from processors.scraper import handler, items
from processors.scraper.entries import Entry, Listing, Page
from processors.scraper.pictures import bands
from processors.scraper.types.registry import TYPES
from shared.documents.containers import SCRAPED_ITEMS
from shared.web.exchange import Fetched
from tests.integration.jobs.worlds import MovingClock
from tests.integration.mood.worlds import MoodWorld
from tests.integration.scraper.worlds import ScrapeWorld
from tests.pictures import picture, saved
from tests.scale.counting import Cost, CountedDocuments, drift, faults, spent

SOURCE = {"id": "mag", "sourceType": "rss"}


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that shows nothing yet."""
    with serving({}) as running:
        yield running


async def _read_here(source_type: str, fetched: Fetched) -> Listing:
    """Read a feed in this process: one of its own for each would take most of the test's time."""
    return TYPES[source_type].read(Page(fetched.url, fetched.body, fetched.content_type, fetched.charset))


async def test_a_source_costs_the_same_however_many_are_scraped(
    time: MovingClock, site: Site, mocker: MockerFixture
) -> None:
    mocker.patch.object(handler, "read", _read_here)

    async def scraped(documents: CountedDocuments, count: int) -> Cost:
        world = ScrapeWorld(site, time, documents=cast(Any, documents))
        for n in range(count):
            site.shows[f"/{n}.png"] = Shown(saved(picture(n)), "image/png")
            site.shows[f"/{n}.xml"] = _feed(
                (f"/{n}/look", f"Look {n}", f"/{n}.png"), *((f"/{n}/{m}", f"Thing {n} {m}", "") for m in range(3))
            )
            await world.add(f"/{n}.xml")
        cost = await spent(documents, world.scrape())
        await world.close()
        return cost

    assert await faults(scraped, 2) == []


async def test_an_entry_costs_the_same_however_many_a_source_lists(time: MovingClock) -> None:
    async def listed(documents: CountedDocuments, count: int) -> Cost:
        return await spent(documents, items.store(cast(Any, documents), SOURCE, _entries(count)))

    assert await faults(listed, 100) == []


async def test_a_listing_costs_the_same_however_many_items_its_source_has_brought(time: MovingClock) -> None:
    async def listed(documents: CountedDocuments, count: int) -> Cost:
        for entry in _entries(count, named="old"):
            await documents.create(SCRAPED_ITEMS, items.item_of(SOURCE, entry, "2026-11-20T09:00:00.000Z"))
        shown = [*_entries(count, named="old")[:10], *_entries(10)]
        return await spent(documents, items.store(cast(Any, documents), SOURCE, shown))

    # SQLite looks at all of the source's, Cosmos DB has an index.
    assert await drift(listed, 20, but="steps") == []


async def test_a_picture_costs_the_same_however_many_are_known(
    time: MovingClock, site: Site, mocker: MockerFixture
) -> None:
    mocker.patch.object(handler, "read", _read_here)
    site.shows["/look.png"] = Shown(saved(picture(1)), "image/png")
    site.shows["/new.xml"] = _feed(("/new/look", "Look", "/look.png"))

    async def scraped(documents: CountedDocuments, count: int) -> Cost:
        world, chance = ScrapeWorld(site, time, documents=cast(Any, documents)), random.Random(1)
        for n, entry in enumerate(_entries(count, named="old")):
            known = f"{chance.getrandbits(64):016x}"
            body = items.item_of(SOURCE, entry, f"2026-11-20T09:00:00.{n % 1000:03}Z")
            await documents.create(SCRAPED_ITEMS, {**body, "imageHash": known, "imageBands": bands(known)})
        await world.add("/new.xml")
        cost = await spent(documents, world.scrape())
        await world.close()
        return cost

    assert await drift(scraped, 50) == []


async def test_an_item_costs_the_same_however_many_moods_are_looked_for_in(time: MovingClock) -> None:
    async def found(documents: CountedDocuments, chunks: int) -> Cost:
        world = MoodWorld(time, documents=documents)
        await world.scraped(_alike(25 * chunks))
        cost = await spent(documents, world.find())
        await world.close()
        return cost

    assert await faults(found, 2) == []


async def test_moods_cost_the_same_however_many_items_were_looked_at_before(time: MovingClock) -> None:
    async def found(documents: CountedDocuments, chunks: int) -> Cost:
        world = MoodWorld(time, documents=documents)
        await world.scraped(_alike(25 * chunks))
        await world.find()
        time.advance(86_400)
        await world.scraped([Entry("https://mag.example/new", "Tropical linen dress, new", "White linen")])
        time.advance(86_400)
        cost = await spent(documents, world.find())
        await world.close()
        return cost

    assert await drift(found, 2) == []


def _feed(*shown: tuple[str, str, str]) -> Shown:
    told = "".join(
        f"<item><link>{path}</link><title>{title}</title>"
        + (f"<enclosure type='image/png' url='{image}'/>" if image else "")
        + "</item>"
        for path, title, image in shown
    )
    return Shown(f"<rss version='2.0'><channel><title>Shop</title>{told}</channel></rss>".encode())


def _entries(count: int, *, named: str = "new") -> list[Entry]:
    return [Entry(f"https://mag.example/{named}/{n}", f"{named} thing {n}", "Text") for n in range(count)]


def _alike(count: int) -> list[Entry]:
    """Return entries that all show the same mood."""
    return [
        Entry(f"https://mag.example/{n}", f"Tropical linen dress no {n}", "White linen and sandals")
        for n in range(count)
    ]
