"""The metrics' kinds and timer as the crash test has them: they note who is at work, and how many events they read."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from processors import composition, metrics
from shared.config import Settings
from shared.documents.containers import USAGE_EVENTS, Container
from shared.documents.port import Document, Documents
from shared.jobs.kinds import Job, Kind, Next
from tests.chaos import chores

TICK = "tick"


@lru_cache(maxsize=1)
def event_kind(settings: Settings) -> Kind:
    """Return the kind of the usage events."""
    return _noted(metrics.event_kind(settings))


@lru_cache(maxsize=1)
def rollup_kind(settings: Settings) -> Kind:
    """Return the kind that recomputes roll-ups."""
    return _noted(_watched(composition.rollup_kind(settings)))


async def aggregate() -> None:
    """Enqueue what is to be recomputed."""
    with chores.running(TICK):
        await metrics.aggregate()


def events_read(folder: Path) -> int:
    """Return how many documents of events the workers of all hosts have read, those of killed ones too."""
    return sum(int(line) for path in folder.glob("events-read-*") for line in path.read_text().split())


def _noted(kind: Kind) -> Kind:
    async def handle(job: Job, payload: Any) -> Next | None:
        with chores.running(f"{kind.name} {job.key.id}"):
            return await kind.handler(job, payload)

    return replace(kind, handler=handle)


def _watched(kind: Kind) -> Kind:
    async def handle(job: Job, payload: Any) -> Next | None:
        services = replace(job.services, documents=_Watched(job.services.documents))
        return await kind.handler(replace(job, services=services), payload)

    return replace(kind, handler=handle)


class _Watched:
    """A document store that notes in a file of its process how many events each query gave."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def __getattr__(self, name: str) -> Any:
        return getattr(self._documents, name)

    async def query(self, container: Container, **asked: Any) -> AsyncIterator[Document]:
        """See Documents."""
        given = 0
        async for document in self._documents.query(container, **asked):
            given += 1
            yield document
        if given and container is USAGE_EVENTS:
            note = Path(os.environ["CHORES_RUNNING"]).parent / f"events-read-{os.getpid()}"
            with note.open("a") as lines:
                lines.write(f"{given}\n")
