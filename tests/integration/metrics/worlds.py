"""A world for the roll-ups: the real runtime with both kinds, a real store, queues in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from processors.catalogue import rollup_kind
from processors.metrics.kind import event_kind
from shared import clock
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.containers import JOBS, ROLLUP_WORK, ROLLUPS, USAGE_EVENTS, Container
from shared.documents.port import Body
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.kinds import Kind
from shared.jobs.outcome import Deferred, Outcome
from shared.jobs.runtime import Runtime
from shared.queues.memory import MemoryQueues
from shared.rollups.planning import Planned, enqueue_marks
from shared.services import Services
from shared.usage.places import rows_of
from tests.integration.jobs.worlds import Killed, MovingClock
from tests.integration.metrics.stores import ProcessDocuments

SETTINGS = Settings()
EVENTS, ROLL_UPS = event_kind(SETTINGS), rollup_kind(SETTINGS)
CALL = {"event_id": "e1", "orgId": "acme", "kind": "llm", "occurredAt": "2026-11-23T08:07:12.000Z"}
LIMIT_TURNS = 10_000

Keys = dict[tuple[str, str, str], tuple[int, int, int, int]]
"""By metric, project and tag: sum, count, least and most."""


def calls(number: int, project: str = "", tag: str = "") -> Keys:
    """Return what a row says of so many calls of a model of which nothing else is known."""
    return {("llm_calls", project, tag): (number, number, 1, 1)}


@dataclass
class World:
    """One process with everything it works with. `another` is a process on the same store and queues."""

    time: MovingClock
    store: Any = field(default_factory=lambda: SqliteDocuments(":memory:"))
    queues: MemoryQueues = field(default_factory=MemoryQueues)

    def __post_init__(self) -> None:
        for kind in (EVENTS, ROLL_UPS):
            for queue in (kind.queue, kind.poison_queue):
                self.queues._queues.setdefault(queue, {})
        self.documents = ProcessDocuments(self.store)
        self.services = Services(SETTINGS, self.documents, self.queues, cast(Blobs, None))
        self.runtime = Runtime(self.services)

    def another(self) -> World:
        """Return another process, or the one that takes the place of a dead one."""
        return World(self.time, self.store, self.queues)

    def put(self, **members: Any) -> str:
        """Put a message about a call of a model that has these members, too."""
        return self.queues.put(EVENTS.queue, json.dumps({**CALL, **members}).encode())

    async def deliver(self, kind: Kind) -> Outcome | None:
        """Deliver the next visible message as the host does; None when none is visible, or when the process died."""
        delivery = self.queues.receive(kind.queue)
        if delivery is None:
            return None
        try:
            outcome = await self.runtime.deliver(kind, delivery)
        except Deferred as deferred:
            return deferred.outcome
        except Killed:
            return None
        except BaseExceptionGroup as errors:
            if errors.split(Killed)[1] is not None:
                raise
            return None
        self.queues.delete(delivery)
        return outcome

    async def take_in(self) -> list[Outcome]:
        """Deliver every visible message about an event."""
        return await self._all_of(EVENTS)

    async def tell(self, **members: Any) -> Outcome:
        """Put a message about an event, and deliver it."""
        self.put(**members)
        (outcome,) = await self.take_in()
        return outcome

    async def plan(self) -> Planned:
        """Do what the timer does."""
        return await enqueue_marks(self.documents, self.queues, ROLL_UPS.queue)

    async def work(self) -> list[Outcome]:
        """Deliver every visible message of the roll-ups."""
        return await self._all_of(ROLL_UPS)

    async def roll_up(self) -> list[Outcome]:
        """Plan, and work that off."""
        await self.plan()
        return await self.work()

    async def settle(self) -> None:
        """Do all there is to do, letting time pass for what waits, until nothing is left."""
        for _ in range(LIMIT_TURNS):
            await self.take_in()
            await self.roll_up()
            waiting = [at for queue in (EVENTS.queue, ROLL_UPS.queue) if (at := self.queues.next_visible_at(queue))]
            if not waiting and not await self.marks():
                return
            self.time.now = max([self.time.now, *waiting[:1]])
        raise AssertionError("there is always more to do")

    async def rows(self, org: str = "acme", kind: str = "llm") -> dict[str, Keys]:
        """Return what the rows of an organisation say, by the buckets' names, without the hidden ones."""
        return {name: said for name, said in (await self.all_rows(org, kind)).items() if said}

    async def all_rows(self, org: str = "acme", kind: str = "llm") -> dict[str, Keys]:
        """Return what rows say, hidden ones included."""
        found = self.store.query(ROLLUPS, partition=rows_of(org, kind))
        return {document.body["id"]: said_by(document.body) async for document in found}

    async def row(self, bucket: str, org: str = "acme", kind: str = "llm") -> Body:
        """Return the document of a row, which must be there."""
        found = await self.store.get(ROLLUPS, rows_of(org, kind), bucket)
        assert found is not None, f"there is no row {bucket}"
        body: Body = found.body
        return body

    async def event(self, id: str = "e1", org: str = "acme", kind: str = "llm") -> Body:
        """Return the document of an event, which must be there."""
        found = [
            one for one in await self.all(USAGE_EVENTS) if (one["orgId"], one["kind"], one["id"]) == (org, kind, id)
        ]
        assert len(found) == 1, f"event {id} isn't there once"
        return found[0]

    async def marks(self) -> list[str]:
        """Return the buckets of all marks, in their order."""
        return sorted(body["mark"] for body in await self.all(ROLLUP_WORK))

    async def dead_letters(self) -> list[Body]:
        """Return every dead record."""
        return [body for body in await self.all(JOBS) if body["status"] == "dead"]

    async def all(self, container: Container) -> list[Body]:
        """Return every document of a container."""
        return [document.body async for document in self.store.query(container)]

    async def _all_of(self, kind: Kind) -> list[Outcome]:
        outcomes = []
        for _ in range(LIMIT_TURNS):
            outcome = await self.deliver(kind)
            if outcome is None:
                return outcomes
            outcomes.append(outcome)
        raise AssertionError("there is always another message")


def said_by(row: Body) -> Keys:
    """Return what a row's document says."""
    return {(metric, project, tag): (int(total), *rest) for metric, project, tag, total, *rest in row["keys"]}


def ago(**span: float) -> str:
    """Return the instant so long ago."""
    return clock.to_text(clock.now() - timedelta(**span))


def buckets(at: str) -> list[str]:
    """Return the names of hour, day and month of an instant."""
    return [f"hour|{at[:13]}:00:00.000Z", f"day|{at[:10]}T00:00:00.000Z", f"month|{at[:7]}-01T00:00:00.000Z"]
