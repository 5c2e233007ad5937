"""One source of a run as a kind of job."""

from __future__ import annotations

from functools import lru_cache

from processors.scraper.handler import ScrapeJob, count_failures, handle
from shared.config import Settings
from shared.jobs.kinds import Kind
from shared.jobs.runs.shards import shard_kind
from shared.models import embeddings


@lru_cache(maxsize=1)
def scrape_kind(settings: Settings) -> Kind:
    """Return the kind `scrape` as the settings have it."""
    return shard_kind(
        "scrape",
        settings.scrape_queue,
        handle,
        model=ScrapeJob,
        dependencies=embeddings.dependencies(settings),
        aftermath=count_failures(settings.scraper_failures_to_pause),
    )
