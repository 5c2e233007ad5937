"""A world for a workload's runs in one process: real runtime, real SQLite store, real HTTP; queues in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from processors.catalogue import run_definitions, run_kind
from shared import clock
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.containers import JOBS, Container
from shared.documents.port import Body
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.kinds import Kind
from shared.jobs.outcome import Deferred, Outcome
from shared.jobs.record import Record, from_body
from shared.jobs.runs.ledger import Entry, Ledger
from shared.jobs.runs.opening import open_run
from shared.jobs.runtime import Runtime
from shared.jobs.scopes import of_run
from shared.queues.memory import MemoryQueues
from shared.services import Services
from tests.integration.jobs.worlds import MovingClock
from tests.integration.models.worlds import NoBlobs

LIMIT_DELIVERIES = 5_000


@dataclass
class WorkloadWorld:
    """A worker of the app's runs. Time stands still but for jobs that wait: then it moves on to when they are due."""

    settings: Settings
    time: MovingClock
    documents: Any = field(default_factory=lambda: SqliteDocuments(":memory:"))

    def __post_init__(self) -> None:
        self.queues = MemoryQueues()
        shard_kinds = run_definitions(self.settings).shard_kinds(self.settings)
        self.kinds: dict[str, Kind] = {kind.queue: kind for kind in (run_kind(self.settings), *shard_kinds)}
        for queue in self.kinds:
            self.queues._queues.setdefault(queue, {})
        self.services = Services(self.settings, self.documents, self.queues, cast(Blobs, NoBlobs()))
        self.runtime = Runtime(self.services)
        self.outcomes: list[Outcome] = []

    async def open(self, name: str, slot: str | None = None, *, force: bool = False) -> str:
        """Open a run by hand; return its id."""
        definition = run_definitions(self.settings).named(name)
        read = definition.read if definition.schedule is None else definition.slots.named
        wanted = read(slot) if slot else definition.slots.latest(clock.now())
        return (await open_run(self.services, definition, wanted, trigger="manual", by="ada", force=force)).id

    async def run(self, name: str, slot: str | None = None, *, force: bool = False) -> Entry:
        """Open a run, do all its jobs, and return its entry in the ledger."""
        opened = await self.open(name, slot, force=force)
        await self.work_off()
        return await self.entry(name, opened)

    async def entry(self, name: str, id: str) -> Entry:
        """Return a run's entry in the ledger, which must be there."""
        held = await Ledger(self.documents).get(name, id)
        assert held is not None, f"run {id} isn't in the ledger"
        return held.entry

    async def deliver(self) -> Outcome | None:
        """Deliver the next visible message of any queue as the host does; None when none is visible."""
        for queue, kind in self.kinds.items():
            delivery = self.queues.receive(queue)
            if delivery is None:
                continue
            try:
                outcome = await self.runtime.deliver(kind, delivery)
            except Deferred as deferred:
                return deferred.outcome
            self.queues.delete(delivery)
            return outcome
        return None

    async def work_off(self) -> None:
        """Deliver every message there is and will be, letting time pass, until no queue holds one."""
        for _ in range(LIMIT_DELIVERIES):
            outcome = await self.deliver()
            if outcome is not None:
                self.outcomes.append(outcome)
                continue
            visible = [at for queue in self.kinds if (at := self.queues.next_visible_at(queue)) is not None]
            if not visible:
                return
            self.time.now = max(self.time.now, min(visible))
        raise AssertionError("there is always another message")

    async def all(self, container: Container) -> list[Body]:
        """Return the documents of a container, by id."""
        return sorted([found.body async for found in self.documents.query(container)], key=lambda body: str(body["id"]))

    async def jobs(self, run: str) -> list[Record]:
        """Return the job records of a run's shards."""
        return await self.jobs_in(of_run(run))

    async def jobs_in(self, scope: str) -> list[Record]:
        """Return the job records of a partition."""
        return [from_body(found.body) async for found in self.documents.query(JOBS, partition=scope)]

    async def close(self) -> None:
        """Give the connections back."""
        await self.services.close()
