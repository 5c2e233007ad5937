"""A world for the queue runtime in one process: real runtime, real SQLite store, queues in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from pydantic import BaseModel

from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.kinds import Job, Kind, Next, Policy
from shared.jobs.outcome import Deferred, Outcome
from shared.jobs.producer import Producer
from shared.jobs.record import JobKey, Record
from shared.jobs.record_store import Records
from shared.jobs.runtime import Runtime
from shared.queues.memory import MemoryQueues
from shared.services import Services

QUEUE = "errand-jobs"


class Errand(BaseModel):
    """The payload of the test-only kind: a name, and what to do."""

    name: str
    do: str = "ok"


Handle = Callable[[Job, Errand], Awaitable[Next | None]]


def errand_kind(handle: Handle, *, recorded: bool = True, policy: Policy | None = None, **more: Any) -> Kind:
    """Return the test-only kind: one queue, jobs named by their payload."""
    return Kind(
        name="errand",
        queue=QUEUE,
        model=Errand,
        handler=handle,
        policy=policy or Policy(),
        identify=(lambda errand: JobKey("errands", errand.name)) if recorded else None,
        dependencies=("model:small",),
        **more,
    )


@dataclass
class World:
    """One process's runtime with everything it works with."""

    kind: Kind
    queues: MemoryQueues = field(default_factory=MemoryQueues)
    documents: Any = field(default_factory=lambda: SqliteDocuments(":memory:"))

    def __post_init__(self) -> None:
        self.queues._queues.setdefault(QUEUE, {})
        self.queues._queues.setdefault(f"{QUEUE}-poison", {})
        self.services = Services(Settings(), self.documents, self.queues, cast(Blobs, None))
        self.runtime = Runtime(self.services)
        self.records = Records(self.documents)
        self.producer = Producer(self.records, self.queues)

    def put(self, body: str | bytes, delay: timedelta = timedelta()) -> str:
        """Put a message as a producer elsewhere does."""
        return self.queues.put(QUEUE, body if isinstance(body, bytes) else body.encode(), delay=delay)

    async def deliver_one(self) -> Outcome | None:
        """Receive a message and run it as the host does; None when none is visible."""
        delivery = self.queues.receive(QUEUE)
        if delivery is None:
            return None
        try:
            outcome = await self.runtime.deliver(self.kind, delivery)
        except Deferred as deferred:
            return deferred.outcome
        self.queues.delete(delivery)
        return outcome

    async def record(self, name: str) -> Record | None:
        """Return an errand's record."""
        held = await self.records.get(JobKey("errands", name))
        return held.record if held else None
