"""A worker of alert rules that lives through weeks of calls and usage events, with the measures that the app has."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from processors.alerts import rule as rules
from processors.alerts import store
from processors.alerts.kind import alert_kind
from processors.alerts.rule import occasions_of
from processors.catalogue import measures
from processors.metrics.kind import Event, usage_event
from processors.metrics.source import EVENTS
from processors.pickup_rate import rules as pickup_rules
from processors.pickup_rate.calls import Call
from processors.pickup_rate.run import evaluate_due
from processors.pickup_rate.taking_in import take_in
from shared import clock
from shared.alerts.notifications import notification_kind
from shared.alerts.states import SYSTEM
from shared.documents.containers import ALERT_EVENTS, ROLLUP_WORK
from shared.rollups import marks
from shared.rollups.rolling_up import roll_up
from shared.usage import events
from tests.integration.jobs.worlds import MovingClock
from tests.integration.rules.worlds import RuleWorld

HOUR = timedelta(hours=1)
LATE = timedelta(seconds=2)
"""How long after its slot everything is evaluated."""
Told = list[tuple[str, datetime]]
"""Kinds of transitions, with the slots that they belong to."""


class LivedWorld(RuleWorld):
    """A worker that takes in calls and events, dispatches rules at their slots, and watches pickup rates."""

    def __init__(self, time: MovingClock, seed: int) -> None:
        super().__init__(time)
        settings = self.services.settings
        self.kind = alert_kind(settings, measures(settings))
        self.kinds = (self.kind, notification_kind(settings))
        for queue in (settings.call_events_queue, settings.usage_events_queue):
            self.queues._queues.setdefault(queue, {})
        self.chance = random.Random(seed)
        self.numbered = 0

    async def add(self, id: str, every: dict[str, Any], condition: dict[str, Any], **said: Any) -> None:
        """Store a rule of the app's own."""
        members = {"name": id, "frequency": {"timezone": "UTC", **every}, "condition": condition, **said}
        await store.create(self.documents, SYSTEM, id, rules.checked(members), by="ada")

    async def watch(self, **numbers: Any) -> None:
        """Watch the pickup rate of all calls by these numbers."""
        await pickup_rules.change(self.documents, "global", {"enabled": True, **numbers}, by="ada")

    async def live(self, until: datetime, *, every: int = 6, calls: int = 4) -> None:
        """Let time pass: what is due is evaluated at its slot.

        Each so many hours so many calls, and some events, come in 5 minutes before, and events are rolled up.
        """
        begin = self.time.now
        own = [one async for one in store.of_client(self.documents, SYSTEM)]
        slots = {slot for one in own for slot in occasions_of(one.id, one.definition).between(begin, until)}
        hours = {begin + n * HOUR for n in range(1, (until - begin) // HOUR + 1)}
        for slot in sorted(slots | hours):
            if slot in hours and slot.hour % every == 0:
                self.time.now = slot - timedelta(minutes=5)
                await self.happened(calls)
            self.time.now = slot
            await self.tick()
            self.time.now = slot + LATE
            await self.work_off()
            if slot in hours:
                await evaluate_due(self.services, self.time.now, slot)

    async def happened(self, calls: int) -> None:
        """Take in some calls and events of the last hour; on some days few calls are picked up, and models cost more.

        No calls come in at all on some.
        """
        mood = self.time.now.timetuple().tm_yday % 9
        for _ in range(0 if mood == 7 else calls):
            self.numbered += 1
            at = clock.text_now(-timedelta(minutes=self.chance.choice((10, 20))))
            picked = self.chance.random() < (0.2 if mood in (2, 3) else 0.6)
            said = {
                "call_id": f"call-{self.numbered}", "merchantId": "m1", "status": "FINISHED", "initiatedAt": at,
                "outcome": "CONFIRM" if picked else "NO_ANSWER", "updatedAt": at,
                "requestId": f"lead-{self.chance.randrange(self.numbered)}",
            }  # fmt: skip
            await take_in(self.documents, Call.model_validate(said))
        for _ in range(self.chance.randrange(4)):
            await self.happened_unseen()
        await self.rolled_up()

    async def happened_unseen(self) -> None:
        """Take in one event, which isn't rolled up yet."""
        self.numbered += 1
        cost = self.chance.choice((0.5, 1.0, 2.0)) * (3 if self.time.now.timetuple().tm_yday % 9 in (4, 5) else 1)
        event = {
            "event_id": f"e{self.numbered}", "orgId": "acme", "kind": "llm", "project": self.chance.choice("pq"),
            "occurredAt": clock.text_now(-timedelta(minutes=30)), "values": {"cost": cost},
        }  # fmt: skip
        await events.record(self.documents, usage_event(Event.model_validate(event), self.time.now))

    async def rolled_up(self) -> None:
        """Have all events in the roll-ups, as workers do each minute."""
        dirty = [marks.standing(found).mark async for found in self.documents.query(ROLLUP_WORK)]
        await roll_up(self.documents, EVENTS, [mark for mark in dirty if EVENTS.has(mark.kind)])

    async def told_of(self, rule: str) -> Told:
        """Return what a rule told, by the slots of its evaluations."""
        found = [body for body in await self.all(ALERT_EVENTS) if body["rule"] == rule]
        return [
            (body["kind"], clock.parse(body["at"]) - LATE) for body in sorted(found, key=lambda body: body["number"])
        ]
