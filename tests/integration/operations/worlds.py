"""A world for operations: a real store, the app's own kinds with queues in memory, blobs in the session's Azurite."""

from __future__ import annotations

from typing import Any

from processors.catalogue import registry
from shared.documents.containers import AUDIT, JOBS
from shared.documents.port import Body
from shared.errors import NightshiftError, Permanent
from shared.jobs import transitions
from shared.jobs.kinds import Kind
from shared.jobs.record import JobKey, Record, from_body
from shared.jobs.record_store import Records
from tests.integration.digest.worlds import DigestWorld

MISSING = Permanent("There is no blob 'hat.png'", code="blob_missing", dependency="content")


class OperatedWorld(DigestWorld):
    """An app that is operated, with workers that do what its queues hold."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.registry = registry(self.settings)
        self.kinds |= {kind.queue: kind for kind in self.registry}
        for kind in self.registry:
            self.queues._queues.setdefault(kind.queue, {})
            self.queues._queues.setdefault(kind.poison_queue, {})

    @property
    def taste(self) -> Kind:
        """The kind of taste jobs."""
        return self.registry.named("taste")

    async def like(self, id: str, user: str = "ada", **changes: Any) -> Record:
        """Keep the record of a queued like; nothing is sent."""
        payload = {"user_id": user, "item_id": id, "image_url": "https://shop.example/hat.png", "job_id": id, **changes}
        record = transitions.new_queued(self.taste, JobKey(user, id), payload, by="test", traceparent=None)
        return (await Records(self.documents).create(record)).record

    async def dead(self, id: str, user: str = "ada", error: NightshiftError = MISSING, **changes: Any) -> Record:
        """Keep the dead letter of a like."""
        record = await self.like(id, user, **changes)
        held = await Records(self.documents).get(record.key)
        assert held is not None
        ended = transitions.dead(record, transitions.reason_of("taste", error))
        return (await Records(self.documents).replace(held, ended)).record

    async def status(self, id: str, user: str = "ada") -> str | None:
        """Return how far a job is; None when there is none."""
        found = await self.documents.get(JOBS, user, id)
        return from_body(found.body).status if found else None

    async def audited(self, action: str) -> list[Body]:
        """Return the audit lines of an action, the oldest first, without what each line has of its own."""
        found = [line for line in await self.all(AUDIT) if line["action"] == action]
        own = ("id", "day", "at", "action", "ttl", "schemaVersion")
        return [{name: value for name, value in line.items() if name not in own} for line in found]

    def messages(self, queue: str) -> int:
        """Return how many messages a queue holds."""
        return len(self.queues._queues[queue])
