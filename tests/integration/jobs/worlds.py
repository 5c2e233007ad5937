"""A world for the queue runtime in which every write is seen, and any can fail or lose its answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from shared import clock
from shared.documents.containers import GATES, HEARTBEATS, JOBS, ROLLUP_WORK, USAGE_EVENTS, Container
from shared.documents.port import Body, Document
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Unavailable
from shared.jobs import transitions
from shared.jobs.interventions import Interventions
from shared.jobs.kinds import Job, Kind, Next, Registry
from shared.jobs.outcome import Deferred, Outcome
from shared.jobs.record import Claim, JobKey, Record, from_body
from shared.jobs.rescue import Rescue
from shared.queues.memory import MemoryQueues
from shared.queues.port import Delivery
from tests.jobs_world import QUEUE, Errand, World, errand_kind

POISON = f"{QUEUE}-poison"
Doing = Exception | BaseException | Next | Callable[[Job], Awaitable[Next | None]] | None


class Killed(BaseException):
    """The worker process dies here: nothing after it runs."""


class MovingClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self.now += timedelta(seconds=seconds)


class WatchedDocuments:
    """The store, with a log of writes and with planned faults."""

    def __init__(self, inner: Any, log: list[str]) -> None:
        self._inner = inner
        self._log = log
        self._faults: list[tuple[str, str, int]] = []
        self.queried = 0

    def fail(self, what: str, how: Literal["down", "lost"] = "down", times: int = 1_000_000) -> None:
        """Let calls that the log would call `what` fail before they do anything (down) or after it (lost).

        Reads are called ``get jobs``, ``get gates`` and so on.
        """
        self._faults.append((what, how, times))

    def heal(self) -> None:
        """Let nothing fail any more."""
        self._faults.clear()

    async def get(self, container: Container, partition: str, id: str) -> Document | None:
        """See Documents."""
        self._fault(f"get {container.name}")
        found: Document | None = await self._inner.get(container, partition, id)
        return found

    async def create(self, container: Container, body: Body) -> Document:
        """See Documents."""
        return await self._write(_name_of(container, body), lambda: self._inner.create(container, body))

    async def upsert(self, container: Container, body: Body) -> Document:
        """See Documents."""
        return await self._write(_name_of(container, body), lambda: self._inner.upsert(container, body))

    async def replace(self, container: Container, body: Body, etag: str) -> Document:
        """See Documents."""
        return await self._write(_name_of(container, body), lambda: self._inner.replace(container, body, etag))

    async def delete(self, container: Container, partition: str, id: str, etag: str) -> None:
        """See Documents."""
        await self._write(f"{container.name[:-1]} gone", lambda: self._inner.delete(container, partition, id, etag))

    async def query(self, container: Container, **asked: Any) -> Any:
        """See Documents."""
        self._fault(f"query {container.name}")
        async for document in self._inner.query(container, **asked):
            self.queried += 1
            yield document

    async def count(self, container: Container, **asked: Any) -> int:
        """See Documents."""
        return int(await self._inner.count(container, **asked))

    async def close(self) -> None:
        """See Documents."""
        await self._inner.close()

    async def _write(self, what: str, write: Callable[[], Awaitable[Any]]) -> Any:
        lost = self._fault(what)
        done = await write()
        if what != ROLLUP_WORK.name:  # a mark goes with each event
            self._log.append(what)
        if lost:
            raise Unavailable(f"the answer of {what!r} got lost", dependency="store")
        return done

    def _fault(self, what: str) -> bool:
        for number, (called, how, times) in enumerate(self._faults):
            if called == what and times > 0:
                self._faults[number] = (called, how, times - 1)
                if how == "down":
                    raise Unavailable(f"{what!r} fails", dependency="store")
                return True
        return False


class WatchedQueues(MemoryQueues):
    """The queues, with a log of what was sent, postponed and deleted."""

    def __init__(self, log: list[str]) -> None:
        super().__init__()
        self._log = log
        self.sent: list[dict[str, Any]] = []
        self.down = False

    async def send(self, queue: str, body: str, *, delay: timedelta = timedelta()) -> str:
        """See Queues."""
        if self.down:
            raise Unavailable("the queue service is down", dependency="queue")
        self._log.append("send")
        self.sent.append(json.loads(body))
        return await super().send(queue, body, delay=delay)

    async def postpone(self, delivery: Delivery, delay: timedelta) -> str:
        """See Queues."""
        if self.down:
            raise Unavailable("the queue service is down", dependency="queue")
        self._log.append("postpone")
        return await super().postpone(delivery, delay)

    def delete(self, delivery: Delivery) -> None:
        """See MemoryQueues."""
        self._log.append("delete")
        super().delete(delivery)


class Handling:
    """A handler that does what the test says for each errand, then leaves an effect; it notes its calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int, int]] = []
        self.does: dict[str, Doing] = {}

    async def __call__(self, job: Job, errand: Errand) -> Next | None:
        """Handle one errand."""
        self.calls.append((errand.name, job.generation, job.attempt))
        doing = self.does.get(errand.name)
        if isinstance(doing, BaseException):
            raise doing
        result = await doing(job) if callable(doing) else doing
        await job.services.documents.upsert(HEARTBEATS, {"id": errand.name, "generation": job.generation})
        return result

    def handled(self, name: str) -> int:
        """Return how often errand `name` was handled."""
        return sum(call[0] == name for call in self.calls)


@dataclass
class WatchedWorld(World):
    """A worker, with its operators, whose every write is in `log`."""

    log: list[str] = field(default_factory=list)
    handling: Handling = field(default_factory=Handling)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.registry = Registry([self.kind])
        self.rescue = Rescue(self.records, self.queues, self.runtime.gates, self.registry)
        self.interventions = Interventions(self.records, self.queues, self.runtime.gates, self.registry, by="ops")

    async def handle(self, body: str) -> Outcome:
        """Put a message and deliver it; return what came of it."""
        self.put(body)
        return await self.deliver()

    async def deliver(self) -> Outcome:
        """Deliver the next visible message; return what came of it."""
        outcome = await self.deliver_one()
        assert outcome is not None, "no message is visible"
        return outcome

    async def deliver_poison(self, body: str) -> Outcome:
        """Put a copy into the poison queue, as the host does, and deliver it."""
        self.queues.put(POISON, body.encode())
        delivery = self.queues.receive(POISON)
        assert delivery is not None
        try:
            outcome = await self.runtime.deliver_poison(self.kind, delivery)
        except Deferred as deferred:
            return deferred.outcome
        self.queues.delete(delivery)
        return outcome

    async def job(self, name: str) -> Record:
        """Return an errand's record, which must be there."""
        record = await self.record(name)
        assert record is not None, f"errand {name} has no record"
        return record

    async def dead_letters(self) -> list[Record]:
        """Return every dead record."""
        found = self.documents.query(JOBS, where=[("status", "=", "dead")])
        return [from_body(document.body) async for document in found]

    async def abandoned(self, name: str, crashes: int = 0, claim_ends_in: float = -1) -> None:
        """Leave an errand's record as a killed worker does: claimed until then, after so many earlier crashes."""
        now = clock.now()
        blank = Record(JobKey("errands", name), self.kind.name, QUEUE, "queued", now, now)
        claim = Claim("of the dead", now + timedelta(seconds=claim_ends_in))
        seen = {"id": "0", "putAt": clock.to_text(now), "dequeueCount": 1}
        await self.records.create(
            transitions.claimed(
                blank, generation=0, crashes=crashes, claim=claim, payload={"name": name}, seen=seen, traceparent=None
            )
        )
        if crashes:
            held = await self.records.get(blank.key)
            assert held is not None
            body = (await self.documents.get(JOBS, "errands", name)).body
            await self.documents.replace(JOBS, {**body, "crashes": crashes}, held.etag)
        self.log.clear()

    def second_worker(self) -> WatchedWorld:
        """Return another process's worker on the same store and queues."""
        return WatchedWorld(self.kind, self.queues, self.documents, self.log, self.handling)


def world(*, recorded: bool = True, documents: Any = None, **more: Any) -> WatchedWorld:
    """Return a world of errands; `more` goes to the kind."""
    log: list[str] = []
    handling = Handling()
    kind: Kind = errand_kind(handling, recorded=recorded, **more)
    watched = WatchedDocuments(documents or SqliteDocuments(":memory:"), log)
    return WatchedWorld(kind, WatchedQueues(log), watched, log, handling)


def _name_of(container: Container, body: Body) -> str:
    if container is JOBS:
        return f"job {body['status']}"
    if container is GATES:
        return "gate closed"
    if container is USAGE_EVENTS:
        return "ending told"
    return "effect" if container is HEARTBEATS else container.name
