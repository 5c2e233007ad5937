"""Benchmark of scraping: how fast is a feed of 10,000 entries scraped, and with how much memory?

A process of its own scrapes it from a server in another, through the app's own handler: fetched, read by a reader
process, stored in a SQLite file, embedded on this machine.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

from bench.measuring import Measure, Result, Run
from demo.feeds_double import Shown, serving
from shared import clock
from shared.blobs.storage import Blobs
from shared.config import PROJECT_FOLDER, Settings
from shared.documents.containers import SCRAPED_ITEMS
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.kinds import Job
from shared.jobs.record import JobKey
from shared.queues.memory import MemoryQueues
from shared.services import Services

ENTRIES = 10_000
_TEXT = "White linen and sandals for the beach, relaxed and light, with a tote in raffia. " * 4
_KILOBYTES = 1024


def measure(runs: int) -> Result:
    """Scrape the feed twice in each run: all of it is new, then nothing is."""
    return Result(
        "scraper",
        f"One source whose feed has {ENTRIES} entries of about {len(_TEXT)} characters, from asking for it to the last "
        "item stored and embedded, in a worker process; then the same feed once more.",
        "none set",
        (
            Measure("items_per_s", "items/s", "the first time: all are new"),
            Measure("again_per_s", "items/s", "the second time: all are known"),
            Measure("worker_mib", "MiB", "peak memory of the worker above what it has before"),
            Measure("reader_mib", "MiB", "peak memory of the reader process"),
        ),
        [_run() for _ in range(runs)],
        "The reader's memory is limited to 1 GiB, whatever a page holds.",
    )


def _run() -> Run:
    items = "".join(
        f"<item><title>Look {n}</title><link>/look/{n}</link><description>{_TEXT} {n}</description>"
        "<pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate></item>"
        for n in range(ENTRIES)
    )
    feed = f"<rss version='2.0'><channel><title>Looks</title>{items}</channel></rss>".encode()
    with serving({"/feed.xml": Shown(feed)}) as site, tempfile.TemporaryDirectory() as folder:
        asked = [sys.executable, "-m", "bench.scraper", site.host, folder]
        done = subprocess.run(asked, cwd=PROJECT_FOLDER, check=True, capture_output=True, text=True)
    found: Run = json.loads(done.stdout)
    return found


async def _scrape(host: str, folder: str) -> Run:
    from processors.scraper import sources
    from processors.scraper.handler import ScrapeJob, handle

    settings = Settings(fetch_allowed_local=host, scraper_host_delay_seconds=0.0)
    documents = SqliteDocuments(Path(folder) / "bench.sqlite3")
    services = Services(settings, documents, MemoryQueues(), cast(Blobs, None))
    body, _ = await sources.add(documents, sources.new(f"http://{host}/feed.xml", "rss", "bench"))
    before = _peak_mib(resource.RUSAGE_SELF)
    job = Job(JobKey("bench", "shard"), 0, 1, clock.now(), services)
    took = []
    for run in ("first", "second"):
        began = time.perf_counter()
        await handle(job, ScrapeJob(run=run, shard="s", source_type="rss", source_id=body["id"]))
        took.append(time.perf_counter() - began)
    stored = await documents.count(SCRAPED_ITEMS)
    if stored != ENTRIES:
        raise SystemExit(f"{stored} of {ENTRIES} items were stored")
    return {
        "items_per_s": ENTRIES / took[0],
        "again_per_s": ENTRIES / took[1],
        "worker_mib": _peak_mib(resource.RUSAGE_SELF) - before,
        "reader_mib": _peak_mib(resource.RUSAGE_CHILDREN),
    }


def _peak_mib(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / _KILOBYTES


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_scrape(*sys.argv[1:]))))
