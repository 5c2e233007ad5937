"""Feeds, and a worker that scrapes them: real HTTP, a real reader process, a real store."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from demo.feeds_double import Shown, Site
from processors.scraper import sources
from shared.config import Settings
from shared.documents.containers import SCRAPED_ITEMS, SCRAPER_SOURCES
from shared.documents.port import Body
from shared.jobs.runs.ledger import Entry
from tests.integration.jobs.worlds import MovingClock
from tests.workload_world import WorkloadWorld

FEED = "/feed.xml"


def rss(*items: tuple[str, str], text: str = "") -> Shown:
    """Return a feed of (path, title)s."""
    told = "".join(
        f"<item><link>{path}</link><title>{title}</title><description>{text}</description></item>"
        for path, title in items
    )
    return Shown(f"<rss version='2.0'><channel><title>Shop</title>{told}</channel></rss>".encode())


class ScrapeWorld(WorkloadWorld):
    """A worker that may fetch from one site."""

    def __init__(self, site: Site, time: MovingClock, documents: Any = None, **settings: Any) -> None:
        plain = Settings(fetch_allowed_local=site.host, scraper_host_delay_seconds=0.0)
        more = {} if documents is None else {"documents": documents}
        super().__init__(replace(plain, **settings), time, **more)
        self.site = site

    async def add(self, path: str = FEED, source_type: str = "rss") -> Body:
        """Add a source of the site."""
        body, _ = await sources.add(self.documents, sources.new(self.site.url(path), source_type, path.strip("/")))
        return body

    async def scrape(self, day: str | None = None) -> Entry:
        """Run the scraper for a day (default: the latest); return its entry in the ledger."""
        return await self.run("scraper", day)

    async def source(self, body: Body) -> Body:
        """Return a source as it is now."""
        held = await self.documents.get(SCRAPER_SOURCES, body["sourceType"], body["id"])
        assert held is not None
        found: Body = held.body
        return found

    async def items(self) -> list[Body]:
        """Return the scraped items, by address."""
        return sorted(await self.all(SCRAPED_ITEMS), key=lambda body: str(body["url"]))
