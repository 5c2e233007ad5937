"""A worker of taste jobs whose pictures come by HTTP and are looked at by a model: real but for the two servers."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any, cast

from PIL import Image

from processors.taste.kind import taste_kind
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.containers import TASTE_EVIDENCE, USAGE_EVENTS
from shared.documents.port import Body
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.gates import Gate, Gates
from shared.jobs.outcome import Deferred, Outcome
from shared.jobs.record import JobKey, Record
from shared.jobs.record_store import Records
from shared.jobs.runtime import Runtime
from shared.queues.memory import MemoryQueues
from shared.services import Services

MODEL = "model:small"


class NoBlobs:
    """An account whose container holds none of the asked pictures."""

    endpoint = "https://own.blob.core.windows.net/"

    def name_in(self, container: str, url: str) -> None:
        """See Blobs."""

    async def close(self) -> None:
        """Nothing is open."""


def png(colour: str = "red", size: int = 32) -> bytes:
    """Return a picture of one colour on white."""
    image = Image.new("RGB", (size, size), "white")
    image.paste(Image.new("RGB", (size // 2, size // 2), colour), (size // 4, size // 4))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def settings(**changes: Any) -> Settings:
    """Return settings of an app that asks a model `small`, and waits next to nothing between tries."""
    plain = Settings(
        taste_analyser="openai",
        openai_model="small",
        openai_api_key="sk-secret",
        llm_prices="small=0.15/0.60",
        call_base_backoff_seconds=0.0,
        call_max_backoff_seconds=0.0,
        call_jitter_seconds=0.0,
        openai_timeout_seconds=5.0,
    )
    return replace(plain, **changes)


class World:
    """One worker with its queue and store in memory."""

    def __init__(self, of: Settings) -> None:
        self.kind = taste_kind(of)
        self.queues = MemoryQueues()
        self.queues._queues.setdefault(self.kind.queue, {})
        self.documents = SqliteDocuments(":memory:")
        self.services = Services(of, self.documents, self.queues, cast(Blobs, NoBlobs()))
        self.runtime = Runtime(self.services)

    async def like(self, image_url: str, **more: Any) -> Outcome:
        """Put a like in the queue and run its first delivery."""
        payload = {"user_id": "ada", "item_id": "tee", "image_url": image_url, "job_id": "job-1", **more}
        self.queues.put(self.kind.queue, json.dumps(payload).encode())
        outcome = await self.deliver()
        assert outcome is not None
        return outcome

    async def deliver(self) -> Outcome | None:
        """Run the next visible message as the host does; None when none is visible."""
        delivery = self.queues.receive(self.kind.queue)
        if delivery is None:
            return None
        try:
            outcome = await self.runtime.deliver(self.kind, delivery)
        except Deferred as deferred:
            return deferred.outcome
        self.queues.delete(delivery)
        return outcome

    async def record(self, job: str = "job-1") -> Record:
        """Return the job's record."""
        held = await Records(self.documents).get(JobKey("ada", job))
        assert held is not None
        return held.record

    async def gates(self) -> dict[str, Gate]:
        """Return the closed gates by name."""
        return {gate.name: gate for gate in await Gates(self.documents).all()}

    async def evidences(self) -> list[Body]:
        """Return what analyses left."""
        return [found.body async for found in self.documents.query(TASTE_EVIDENCE)]

    async def usage(self) -> list[Body]:
        """Return the events of the model's calls, the first one first."""
        found = self.documents.query(USAGE_EVENTS, where=[("kind", "=", "model")], order_by="recordedAt")
        return [document.body async for document in found]

    async def close(self) -> None:
        """Give the connections back."""
        await self.services.close()
