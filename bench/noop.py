"""The job that does nothing: a recorded kind whose handler returns at once, or after a pause.

The handler tells on stdout when it saw the first job and when the last.
"""

from __future__ import annotations

import asyncio
import json
import os
from functools import lru_cache

from pydantic import BaseModel

from bench import told
from shared.config import Settings
from shared.jobs.kinds import Job, Kind
from shared.jobs.record import JobKey

QUEUE_SETTING = "BENCH_QUEUE_NAME"
COUNT_SETTING = "BENCH_COUNT"


class Noop(BaseModel):
    """A job's name, and a text about as long as a picture's address."""

    name: str
    text: str = ""
    takes_ms: int = 0


def bodies(count: int, takes_ms: int = 0) -> list[str]:
    """Return the messages of `count` jobs that pause for `takes_ms` milliseconds."""
    more = {"text": "x" * 100, "takes_ms": takes_ms}
    return [json.dumps({"name": f"job-{number:06}", **more}) for number in range(count)]


def kind_with(queue: str, count: int = 0) -> Kind:
    """Return the kind; with a `count`, its handler tells of the first job and of the one that makes up the count."""
    seen = 0

    async def handle(job: Job, noop: Noop) -> None:
        nonlocal seen
        if noop.takes_ms:
            await asyncio.sleep(noop.takes_ms / 1000)
        seen += 1
        if count and seen in (1, count):
            told.tell(seen)

    return Kind(name="noop", queue=queue, model=Noop, handler=handle, identify=lambda noop: JobKey("bench", noop.name))


@lru_cache(maxsize=1)
def kind(_: Settings) -> Kind:
    """Return the kind as the environment asks for it."""
    return kind_with(os.environ[QUEUE_SETTING], int(os.environ[COUNT_SETTING]))
