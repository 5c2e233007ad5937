"""What do the jobs of the crash test do?

A chore takes a moment and is then counted in one of a few tallies: a document that several jobs change at once, by
compare-and-set, and that lists whom it covers, as a taste profile does. While its handler runs, a file stands in the
folder of its process; whoever kills the process finds there which jobs it interrupted.
"""

from __future__ import annotations

import asyncio
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from shared.config import Settings
from shared.documents.containers import Container
from shared.documents.port import Documents
from shared.errors import Conflict, PreconditionFailed
from shared.jobs.kinds import Job, Kind, Policy
from shared.jobs.record import JobKey

SCOPE = "chores"
TALLIES = Container("tallies", "scope")
TALLY_COUNT = 8


class Chore(BaseModel):
    """The payload: what to do, and how long that takes."""

    name: str
    takes_ms: int = 100
    do: Literal["count", "exit"] = "count"


@lru_cache(maxsize=1)
def chore_kind(settings: Settings) -> Kind:
    """Return the kind `chore`; CHORES_CLAIM_SECONDS shortens its claims (default: production's 60)."""
    return kind(os.environ["CHORES_QUEUE"], float(os.environ.get("CHORES_CLAIM_SECONDS", "60")))


def kind(queue: str, claim_seconds: float) -> Kind:
    """Return the kind `chore` of a queue."""
    return Kind(
        name="chore",
        queue=queue,
        model=Chore,
        handler=handle,
        identify=lambda chore: JobKey(SCOPE, chore.name),
        policy=Policy(claim=timedelta(seconds=claim_seconds)),
    )


async def handle(job: Job, chore: Chore) -> None:
    """Do the chore, and count it."""
    with running(chore.name):
        await asyncio.sleep(chore.takes_ms / 1000)
        if chore.do == "exit":
            os._exit(9)
        await count(job.services.documents, chore.name)


def tally_of(name: str) -> str:
    """Return which tally counts a chore."""
    return f"tally-{zlib.crc32(name.encode()) % TALLY_COUNT}"


async def count(documents: Documents, name: str) -> None:
    """Count the chore in its tally, unless it is counted already."""
    tally = tally_of(name)
    while True:
        standing = await documents.get(TALLIES, SCOPE, tally)
        covers = standing.body["covers"] if standing else []
        if name in covers:
            return
        body = {"id": tally, "scope": SCOPE, "count": len(covers) + 1, "covers": [*covers, name]}
        try:
            if standing is None:
                await documents.create(TALLIES, body)
            else:
                body["count"] = standing.body["count"] + 1
                await documents.replace(TALLIES, body, standing.etag)
        except (Conflict, PreconditionFailed):
            continue
        return


@contextmanager
def running(name: str) -> Iterator[None]:
    """Note inside the block that this process works on the job."""
    folder = Path(os.environ["CHORES_RUNNING"]) / str(os.getpid())
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / name
    note.touch()
    try:
        yield
    finally:
        note.unlink(missing_ok=True)
