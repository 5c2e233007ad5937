"""A world for the watch over jobs: the app's own runs, queues and timers, in one process, with time that tests move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from processors.catalogue import housekeeping, registry, run_definitions, watched
from processors.health.check import Check
from processors.health.watch import look, watch, watch_the_watch
from processors.health.watched import WATCH
from shared import clock, heartbeats
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.containers import ALERT_EVENTS, ALERT_STATES, SCHEDULER_STATE
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.producer import Producer
from shared.jobs.record_store import Records
from shared.jobs.runs.job import id_of
from shared.jobs.runs.ledger import Entry, Ledger, Status
from shared.queues.memory import MemoryQueues
from shared.services import Services
from tests.integration.jobs.worlds import MovingClock
from tests.integration.models.worlds import NoBlobs

LOOK = timedelta(minutes=5)


class HealthWorld:
    """The app as the watch sees it. Schedules are active for a year; runs, beats and jobs are the test's to make."""

    def __init__(self, time: MovingClock, settings: Settings | None = None, documents: Any = None) -> None:
        self.time, self.settings = time, settings or Settings()
        self.documents = documents or SqliteDocuments(":memory:")
        self.queues = MemoryQueues()
        for kind in registry(self.settings):
            self.queues._queues.setdefault(kind.queue, {})
            self.queues._queues.setdefault(kind.poison_queue, {})
        self.services = Services(self.settings, self.documents, self.queues, cast(Blobs, NoBlobs()))
        self.records = Records(self.documents)
        self.producer = Producer(self.records, self.queues)

    async def begin(self, *, but: Sequence[str] = ()) -> None:
        """Let every schedule have been active for a year, and every run (`but` some) have succeeded at its slot."""
        for definition in run_definitions(self.settings).scheduled():
            began = clock.now() - timedelta(days=365)
            state = {
                "id": definition.name, "schedule": definition.slots.schedule.expression, "schemaVersion": 1,
                "activatedAt": clock.to_text(began), "settledUntil": clock.to_text(began),
            }  # fmt: skip
            await self.documents.upsert(SCHEDULER_STATE, state)
        await self.runs_succeed(but=but)
        await self.timers_beat()

    async def runs_succeed(self, *, but: Sequence[str] = ()) -> None:
        """Let the latest slot of every run be completed."""
        for definition in run_definitions(self.settings).scheduled():
            if definition.name not in but:
                slot = definition.slots.latest(clock.now())
                await self.ran(definition.name, slot.at, ended=max(slot.at, clock.now()))

    async def ran(
        self,
        name: str,
        at: datetime,
        *,
        status: Status = "completed",
        opened: datetime | None = None,
        ended: datetime | None = None,
        **more: Any,
    ) -> None:
        """Let the ledger have a run of the slot at an instant, whatever it had before."""
        definition = run_definitions(self.settings).named(name)
        slot, ledger = definition.slots.at(at), Ledger(self.documents)
        entry = Entry(
            id_of(name, slot.text), name, slot.text, slot.at, status, "timer", "test", definition.kept,
            opened_at=opened or at, ended_at=ended, **more,
        )  # fmt: skip
        await ledger.write(entry, await ledger.get(name, entry.id))

    async def timers_beat(self, *, but: Sequence[str] = ()) -> None:
        """Let every housekeeping timer succeed now."""
        for timer in housekeeping(self.settings):
            if timer.name not in but:
                async with heartbeats.beating(self.documents, timer.name):
                    pass

    async def watch(self, *, later: timedelta = LOOK) -> dict[str, Check]:
        """Let the watch look, then let time pass; return its checks by scope."""
        async with heartbeats.beating(self.documents, WATCH):
            found = await watch(self.services, watched(self.settings))
        self.time.advance(later.total_seconds())
        return {check.scope: check for check in found}

    async def look(self) -> dict[str, Check]:
        """Look as a person does; return the checks by scope."""
        return {check.scope: check for check in await look(self.services, watched(self.settings))}

    async def watch_the_watch(self) -> Check:
        """Do what CatchUpRuns does for the watch."""
        (timer,) = [one for one in watched(self.settings).timers if one.name == WATCH]
        return await watch_the_watch(self.services, timer)

    async def told(self, scope: str) -> list[str]:
        """Return the kinds of what was told of a scope, in order."""
        events = [document.body async for document in self.documents.query(ALERT_EVENTS)]
        of_scope = [event for event in events if event["scope"] == scope]
        return [event["kind"] for event in sorted(of_scope, key=lambda event: event["number"])]

    async def text(self, scope: str) -> str:
        """Return the text of what was told last of a scope."""
        events = [document.body async for document in self.documents.query(ALERT_EVENTS)]
        last = max((event for event in events if event["scope"] == scope), key=lambda event: event["number"])
        return str(last["text"])

    async def open_alerts(self) -> list[str]:
        """Return the scopes that fire."""
        states = [document.body async for document in self.documents.query(ALERT_STATES)]
        return sorted(body["scope"] for body in states if body["status"] == "FIRING")

    def put(self, queue: str, count: int) -> None:
        """Put messages into a queue."""
        for _ in range(count):
            self.queues.put(queue, b"{}")

    async def close(self) -> None:
        """Close what is open."""
        await self.services.close()
