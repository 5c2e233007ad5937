"""Handler of scrape jobs: how is one source scraped?

Fetched if it has changed, read apart, its items stored, then their vectors and pictures; at last the source's document
says so. A handling that died half-way is done again from the start, and finds what it left. An error is never taken for
"no items": it is raised with its class, and counted when the job has died of it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from pydantic import Field

from processors.scraper import enrich, items, sources
from processors.scraper.fetching import fetcher_of
from processors.scraper.hosts import Hosts
from processors.scraper.reading import read
from processors.scraper.types.registry import TYPES
from shared.documents.containers import SCRAPER_SOURCES
from shared.documents.port import Documents
from shared.errors import Permanent, UsageError
from shared.jobs.kinds import Aftermath, Job
from shared.jobs.record import Record
from shared.jobs.runs.shards import ShardJob
from shared.usage.budget import Caller
from shared.web.exchange import Unchanged, Wanted


class ScrapeJob(ShardJob):
    """One source of one run."""

    source_type: str = Field(min_length=1)
    source_id: str = Field(min_length=1)


async def handle(job: Job, payload: ScrapeJob) -> None:
    """Scrape one source. Raises the failure's class."""
    documents, settings = job.services.documents, job.services.settings
    held = await documents.get(SCRAPER_SOURCES, payload.source_type, payload.source_id)
    if held is None or payload.source_type not in TYPES:
        raise Permanent(f"There is no source {payload.source_id!r} any more", code="source_gone", dependency="message")
    source = held.body
    if not source["active"] or source.get("lastRun") == payload.run:
        return
    hosts = Hosts(fetcher_of(job.services), documents, delay_seconds=settings.scraper_host_delay_seconds)
    of_type, known = TYPES[payload.source_type], sources.validators_of(source, listed_every=items.SEEN_EVERY)
    counts: Counter[str] = Counter()
    fetched = await hosts.get(source["url"], Wanted(of_type.content_types, of_type.max_bytes), known)
    if isinstance(fetched, Unchanged):
        counts["not_modified"] = 1
    else:
        listing = await read(payload.source_type, fetched)
        counts.update(await items.store(documents, source, listing.entries))
        counts["left_out"] = listing.left_out
        known = fetched.validators
    caller = Caller(job.key.id, job.generation)
    counts["embedded"] = await enrich.embed_missing(documents, job.services.embedder, source["id"], caller)
    counts.update(await enrich.hash_pictures(documents, hosts, source["id"]))
    await sources.succeeded(documents, source, payload.run, known, {name: n for name, n in counts.items() if n})


def count_failures(failures_to_pause: int) -> Aftermath:
    """Return what follows when a source's job has died: its source counts the failure, and may be paused."""

    async def follow(documents: Documents, record: Record) -> None:
        payload: dict[str, Any] = dict(record.payload or {})
        if record.status != "dead" or record.reason is None or "source_id" not in payload:
            return
        error = {
            "class": record.reason.error_class,
            "code": record.reason.code,
            "message": record.reason.message,
        }
        try:
            await sources.failed(
                documents, payload["source_type"], payload["source_id"], payload["run"], error,
                failures_to_pause=failures_to_pause,
            )  # fmt: skip
        except UsageError:
            return  # the source is gone, and with it who would want to know

    return follow
