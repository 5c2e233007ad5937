"""Sources of fashion (feeds, listings, pages) become scraped items: what the scraper's functions call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.jobs.kinds import Kind


async def open_run() -> None:
    """Open the run of the latest slot."""
    from processors.scraper.run import scraper_run
    from shared.jobs.runs import timers

    await timers.open_run(scraper_run)


def job_kind(settings: Settings) -> Kind:
    """Return the kind of the sources of a run."""
    from processors.scraper.kind import scrape_kind

    return scrape_kind(settings)
