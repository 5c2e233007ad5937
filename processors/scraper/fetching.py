"""What fetches sources for the scraper, and says so to the servers that it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.services import Services
from shared.web.exchange import USER_AGENT

if TYPE_CHECKING:
    from shared.web.fetch import Fetcher


def fetcher_of(services: Services) -> Fetcher:
    """Return the scraper's fetcher: one per process, closed with the services."""
    return services.opened_once(_open)


def _open(services: Services) -> Fetcher:
    from shared.web.fetch import Fetcher

    contact = services.settings.scraper_contact
    agent = f"{USER_AGENT} (scraper{f'; +{contact}' if contact else ''})"
    return Fetcher(services.settings.fetch_allowed_local, user_agent=agent)
