"""The scraper's run: one shard per active source, and a report of what came of them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from processors.scraper import sources
from processors.scraper.kind import scrape_kind
from shared import telemetry
from shared.config import Settings
from shared.jobs.runs.definition import Page, Run, RunDefinition, Shard, Totals
from shared.schedules import Schedule

NAME = "scraper"
_log = logging.getLogger("nightshift.scraper")


def scraper_run(settings: Settings) -> RunDefinition:
    """Return the run `scraper`."""
    return RunDefinition(
        name=NAME,
        timer="PluckItScraper",
        schedule=Schedule("0 0 7 * * *"),
        slot_form="day",
        plan=plan,
        shard_kind=scrape_kind,
        fan_in=fan_in,
        about="takes new items from every active source",
        catch_up="once",
    )


async def plan(run: Run, cursor: str | None) -> Page:
    """Return a shard for each active source."""
    active = [body async for body in sources.all_of(run.services.documents, only_active=True)]
    return Page(
        Shard(f"{body['sourceType']}-{body['id']}", {"source_type": body["sourceType"], "source_id": body["id"]})
        for body in sorted(active, key=lambda body: str(body["id"]))
    )


async def fan_in(run: Run, totals: Totals) -> Mapping[str, int]:
    """Return what came of the sources: counts of items, and of sources that failed, were paused, or fell silent."""
    settings = run.services.settings
    counts: Counter[str] = Counter(sources_scraped=0, new=0, updated=0, sources_failed=0)
    async for body in sources.all_of(run.services.documents):
        if body.get("lastRun") == run.id:
            counts["sources_scraped"] += 1
            counts.update(body["lastCounts"])
        elif body.get("lastFailedRun") == run.id:
            counts["sources_failed"] += 1
            counts["sources_paused"] += body.get("pausedBy") == run.id
        if sources.is_silent(body, timedelta(days=settings.scraper_silent_days)):
            counts["sources_silent"] += 1
            telemetry.event(
                _log, logging.WARNING, "source silent",
                source=body["id"], last_new_item=body["lastNewItemAt"],
            )  # fmt: skip
    return {name: count for name, count in counts.items() if count or name in ("new", "sources_failed")}
