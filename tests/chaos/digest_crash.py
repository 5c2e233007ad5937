"""Does each user get exactly one digest and one mail, though hosts are killed between planning and the last shard?

Two devhost processes on Azurite and one SQLite file; either gets SIGKILL while it makes digests. A mail service on this
machine counts what it is sent.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pytest_httpserver import HTTPServer

from processors.catalogue import run_definitions
from processors.digest.person import PERSON
from shared.blobs.containers import DIGESTS as BLOBS
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.containers import DIGEST_OUTCOMES, DIGESTS, RUNS, USER_PROFILES, WARDROBE
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.runs import opening
from shared.jobs.runs.ledger import Entry
from shared.jobs.runs.ledger import from_body as entry_of
from shared.queues.storage import StorageQueues
from shared.services import Services
from tests import azurite
from tests.azurite import PROJECT
from tests.chaos.crash import CLAIM_SECONDS, DONE_LIMIT_SECONDS, VISIBILITY_SECONDS
from tests.chaos.workers import Place, Worker, kill_a_busy_one
from tests.integration.digest.acs_double import AcsDouble

APP = PROJECT / "tests" / "chaos" / "digest_app"
USER_COUNT = 150
KILL_COUNT = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the run came to: its entry, digests by user, outcomes, blobs, and how many shards each kill hit."""

    entry: Entry
    digests: Counter[str]
    outcomes: Counter[str]
    mails: Counter[str]
    blobs: int
    kills: list[int]

    def faults(self) -> list[str]:
        """Return what is wrong with it."""
        found = []
        if (self.entry.status, self.entry.counters.get("generated")) != ("completed", USER_COUNT):
            found.append(f"the ledger says {self.entry.status}, {dict(self.entry.counters)}, {self.entry.error}")
        if set(self.digests.values()) != {1} or len(self.digests) != USER_COUNT:
            found.append(f"{len(self.digests)} users have digests, {self.digests.most_common(1)}")
        if self.outcomes != Counter(generated=USER_COUNT):
            found.append(f"outcomes are {dict(self.outcomes)}")
        if set(self.mails.values()) != {1} or len(self.mails) != USER_COUNT:
            found.append(f"{len(self.mails)} users got mails, {self.mails.most_common(1)}")
        if self.blobs != 4 * USER_COUNT:
            found.append(f"there are {self.blobs} blobs instead of {4 * USER_COUNT}")
        return found


async def run_with_kills(folder: Path, storage: str, seed: int) -> Outcome:
    """Open the run of the week's digests, kill hosts that make them, and wait until the run has ended."""
    name, prefix, dice = f"digests-{seed}", f"user-{seed}-", random.Random(seed)
    of = {"RUN_QUEUE_NAME": f"{name}-runs", "DIGEST_QUEUE_NAME": name, "RUN_LOOK_SECONDS": "0.5"}
    server = HTTPServer()
    server.start()
    post = AcsDouble(server)
    of |= {"DIGEST_SENDER": "acs", "ACS_ENDPOINT": post.url, "DIGEST_FROM": "Digest <digest@mail.example>"}
    of |= {"DIGEST_API_URL": "https://api.example", "DIGEST_LINK_KEY": "k" * 32}
    place = Place(folder, storage, name, CLAIM_SECONDS, VISIBILITY_SECONDS, APP, of)
    place.make()
    settings = Settings.from_environment({**os.environ, **of, "AzureWebJobsStorage": storage})
    blobs = Blobs.from_connection_string(storage)
    documents = SqliteDocuments(place.database)
    services = Services(settings, documents, StorageQueues.from_connection_string(storage), blobs)
    for n in range(USER_COUNT):
        user = f"{prefix}{n:03}"
        await documents.create(WARDROBE, {"id": "hat", "userId": user, "title": "Hat"})
        told = {"id": PERSON, "userId": user, "email": f"{user}@example.com", "consent": True}
        await documents.create(USER_PROFILES, told)
    for queue in (name, settings.run_queue):
        await services.queues.ensure(queue)
    workers = [Worker(place, number) for number in range(2)]
    try:
        await opening.open_latest_run(services, run_definitions(settings).named("digest"))
        kills = [len(await kill_a_busy_one(workers, dice, within_seconds=0.3)) for _ in range(KILL_COUNT)]
        entry = await _ended(documents, workers)
        digests = Counter([d.body["userId"] async for d in documents.query(DIGESTS)])
        of_users = documents.query(DIGEST_OUTCOMES, where=[("outcome", "exists", True)])
        outcomes = Counter([d.body["outcome"] async for d in of_users])
        return Outcome(entry, digests, outcomes, post.received(), len(await blobs.names(BLOBS, prefix)), kills)
    finally:
        for worker in workers:
            worker.stop()
        server.stop()
        await services.close()


async def _ended(documents: SqliteDocuments, workers: list[Worker]) -> Entry:
    deadline = time.monotonic() + DONE_LIMIT_SECONDS
    while True:
        for worker in workers:
            worker.revive()
        entries = [entry_of(document.body) async for document in documents.query(RUNS)]
        if any(entry.ended for entry in entries):
            (entry,) = entries
            return entry
        assert time.monotonic() < deadline, f"no run ended in {DONE_LIMIT_SECONDS:.0f} s: {entries}"
        await asyncio.sleep(0.1)


def main(seeds: range) -> int:
    """Run every seed; return 1 when one failed."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder, azurite.running(Path(folder)) as running:
        for seed in seeds:
            began = time.monotonic()
            outcome = asyncio.run(run_with_kills(Path(folder, str(seed)), running.connection_string, seed))
            faults = outcome.faults()
            failed += bool(faults)
            result = "; ".join(faults) or "exactly one digest and one mail a user"
            took = time.monotonic() - began
            print(
                f"seed {seed}: {KILL_COUNT} kills hit {sum(outcome.kills)} groups, {took:.0f} s: {result}", flush=True
            )
    return int(bool(failed))
