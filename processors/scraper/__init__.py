"""Sources of fashion (feeds, listings, pages) become scraped items: what the scraper's functions call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.jobs.worker import HostMessage


async def ring() -> None:
    """Open the run of the latest slot."""
    from processors.scraper.run import scraper_run
    from shared.jobs.runs import worker

    await worker.ring(scraper_run)


async def process_job(message: HostMessage) -> None:
    """Handle one delivery of the queue of sources."""
    from processors.scraper.kind import scrape_kind
    from shared.jobs import worker

    await worker.deliver(scrape_kind, message)


async def process_poison(message: HostMessage) -> None:
    """Turn one message that the host gave up on into a dead letter."""
    from processors.scraper.kind import scrape_kind
    from shared.jobs import worker

    await worker.deliver_poison(scrape_kind, message)
