"""A worker of alert rules in one process: real runtime and SQLite store, measures that a test sets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from processors.alerts import endings, store
from processors.alerts import rule as rules
from processors.alerts.dispatch import Dispatched, dispatch
from processors.alerts.kind import alert_kind
from processors.alerts.rule import Rule
from shared import clock
from shared.alerts.notifications import notification_kind
from shared.alerts.states import SYSTEM, jobs_of
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.containers import ALERT_EVENTS, ALERT_STATES, JOBS, Container
from shared.documents.port import Body
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Transient, UsageError
from shared.jobs.kinds import Kind
from shared.jobs.outcome import Deferred
from shared.jobs.record import Record, from_body
from shared.jobs.runtime import Runtime
from shared.measures import Ask, Measure, Measured, Measures, NoData, Reading
from shared.queues.memory import MemoryQueues
from shared.services import Services
from tests.integration.jobs.worlds import MovingClock
from tests.integration.models.worlds import NoBlobs

CONDITION = {"measure": "load", "scope": "org:acme", "operator": ">", "threshold": 10}
EVERY_MINUTE = {"type": "cron", "expression": "* * * * *", "timezone": "UTC"}


@dataclass
class Meter:
    """What the measures say: one number for all, or no data for None, or an error; and what was asked."""

    says: float | Exception | None = 1.0
    before: float | None = None
    """Of the window before, where it differs."""
    sample: int = 100
    meanwhile: Callable[[], Awaitable[Any]] | None = None
    """What others do while it is read, once."""
    asked: list[Ask] = field(default_factory=list)

    async def read(self, services: Services, asks: Sequence[Ask]) -> list[Reading]:
        """See shared.measures.Reader."""
        self.asked += asks
        if self.meanwhile is not None:
            others, self.meanwhile = self.meanwhile, None
            await others()
        if isinstance(self.says, Exception):
            raise self.says
        for ask in asks:
            if not ask.scope.startswith("org:"):
                raise UsageError(f"{ask.scope!r} is no scope.", code="scope_invalid")
        values = [self.says, self.before if self.before is not None else self.says]
        return [
            NoData("nothing came") if value is None else Measured(value, "%", self.sample)
            for value in values[: len(asks)]
        ]


class RuleWorld:
    """Dispatchers and workers of rules. Time stands still but when a test moves it."""

    def __init__(self, time: MovingClock, documents: Any = None, queues: MemoryQueues | None = None) -> None:
        self.time, self.meter = time, Meter()
        settings = Settings()
        of = Measures([Measure(name, "%", name, self.meter.read) for name in ("load", "cost", "calls")])
        self.kind = alert_kind(settings, of)
        self.kinds: tuple[Kind, ...] = (self.kind, notification_kind(settings))
        self.documents = documents or SqliteDocuments(":memory:")
        self.queues = queues or MemoryQueues()
        for kind in self.kinds:
            self.queues._queues.setdefault(kind.queue, {})
        self.services = Services(settings, self.documents, self.queues, cast(Blobs, NoBlobs()))
        self.runtime = Runtime(self.services)

    async def create(self, id: str = "rule-1", client: str = SYSTEM, **said: Any) -> Rule:
        """Store a rule that runs every minute, unless said otherwise."""
        condition = {**CONDITION, **said.pop("condition", {})}
        members = {"name": id, "frequency": EVERY_MINUTE, "condition": condition, **said}
        return await store.create(self.documents, client, id, rules.checked(members), by="ada")

    async def edit(self, id: str = "rule-1", client: str = SYSTEM, **said: Any) -> Rule:
        """Change members of a rule."""
        return await store.update(
            self.documents, client, id, lambda before: rules.checked({**before.as_json(), **said}), by="ada"
        )

    async def delete(self, id: str = "rule-1", client: str = SYSTEM) -> None:
        """Delete a rule, and die before what it told is told to be over."""
        await store.delete(self.documents, client, id, by="ada")

    async def rule(self, id: str = "rule-1", client: str = SYSTEM) -> Rule:
        """Return a rule as it is stored."""
        return (await store.existing(self.documents, client, id)).rule

    async def tick(self) -> Dispatched:
        """Let a dispatcher do what it does each minute."""
        return await dispatch(self.services, self.kind)

    async def housekeep(self) -> int:
        """Do what each minute's tick does beside dispatching; return for how many rules there was something to end."""
        return await endings.finish_all(self.services)

    async def work_off(self) -> list[str]:
        """Deliver each alert message that is visible, also those that come of it; return the outcomes."""
        outcomes: list[str] = []
        while (delivery := self.queues.receive(self.kind.queue)) is not None:
            try:
                outcome = await self.runtime.deliver(self.kind, delivery)
            except Deferred as deferred:
                outcomes.append(deferred.outcome.what)
                continue
            self.queues.delete(delivery)
            outcomes.append(outcome.what)
        return outcomes

    async def minutes(self, count: int) -> None:
        """Let minutes pass, with a tick and all its work in each."""
        for _ in range(count):
            self.time.advance(60)
            await self.tick()
            await self.work_off()

    async def records(self, client: str = SYSTEM) -> list[Record]:
        """Return the records of a client's alert jobs, by slot."""
        found = [from_body(one.body) async for one in self.documents.query(JOBS, partition=jobs_of(client))]
        return sorted((one for one in found if one.kind == "alert"), key=lambda one: (slot_of(one), one.key.id))

    async def slots(self, client: str = SYSTEM) -> dict[str, str]:
        """Return what became of each slot, by its time of day; of a left out one the reason."""
        return {
            f"{slot_of(one):%H:%M}": one.reason.code if one.reason else one.status for one in await self.records(client)
        }

    async def all(self, container: Container) -> list[Body]:
        """Return the documents of a container, by id."""
        return sorted([found.body async for found in self.documents.query(container)], key=lambda body: str(body["id"]))

    async def all_events(self) -> list[Body]:
        """Return what was told, by id."""
        return await self.all(ALERT_EVENTS)

    async def told(self, scope: str | None = None) -> list[str]:
        """Return the kinds of all events (of a scope), in order."""
        events = [event for event in await self.all(ALERT_EVENTS) if scope in (None, event["scope"])]
        return [event["kind"] for event in sorted(events, key=lambda event: (event["at"], event["number"]))]

    async def state(self, scope: str = "org:acme") -> str:
        """Return the name of a scope's one state."""
        (found,) = [body for body in await self.all(ALERT_STATES) if body["scope"] == scope]
        return str(found["status"])

    def measures_fail(self) -> None:
        """Let the measures be unreadable."""
        self.meter.says = Transient("the roll-ups are behind", code="metrics_behind")


def slot_of(record: Record) -> datetime:
    """Return the slot that a record is of."""
    return clock.parse((record.payload or {})["slot"])


def minute(time: MovingClock, of: timedelta = timedelta()) -> None:
    """Move time to the next whole minute, and so much further."""
    time.now = time.now.replace(second=0, microsecond=0) + timedelta(minutes=1) + of
