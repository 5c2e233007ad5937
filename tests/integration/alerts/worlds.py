"""Calls, and a worker that watches over their pickup rates and tells whom it concerns."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from processors.catalogue import rollup_kind
from processors.pickup_rate import rules
from processors.pickup_rate.calls import Call
from processors.pickup_rate.run import evaluate_due
from processors.pickup_rate.taking_in import call_kind, take_in
from shared import clock
from shared.alerts import notifications, sending
from shared.alerts.states import SYSTEM, send_all
from shared.blobs.containers import OUTBOX
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.containers import ALERT_EVENTS, ALERT_STATES
from shared.jobs.runtime import Runtime
from shared.services import Services
from tests.integration.jobs.worlds import MovingClock
from tests.workload_world import WorkloadWorld


class AlertWorld(WorkloadWorld):
    """A worker of calls, evaluations and notifications."""

    def __init__(self, time: MovingClock, storage: str, **changes: Any) -> None:
        documents = changes.pop("documents", None)
        settings = replace(Settings(enable_pickup_rate_alert=True, pickup_rate_interval_seconds=300), **changes)
        super().__init__(settings, time, **({"documents": documents} if documents else {}))
        for kind in (notifications.notification_kind(settings), call_kind(settings), rollup_kind(settings)):
            self.kinds[kind.queue] = kind
            self.queues._queues.setdefault(kind.queue, {})
        self.services = Services(settings, self.documents, self.queues, Blobs.from_connection_string(storage))
        self.runtime = Runtime(self.services)
        self.numbered = 0

    async def calls(
        self, picked: int, total: int, *, merchant: str = "m1", minutes_ago: float = 10, **more: Any
    ) -> None:
        """Let there have been so many calls, of which so many were picked up."""
        at = clock.text_now(-timedelta(minutes=minutes_ago))
        for n in range(total):
            self.numbered += 1
            said = {
                "call_id": f"call-{self.numbered}", "merchantId": merchant, "status": "FINISHED", "initiatedAt": at,
                "outcome": "CONFIRM" if n < picked else "NO_ANSWER", "updatedAt": at, **more,
            }  # fmt: skip
            await take_in(self.documents, Call.model_validate(said))

    async def says(self, scope: str = "global", **numbers: Any) -> None:
        """Change a scope's numbers."""
        await rules.change(self.documents, scope, numbers, by="test")

    async def evaluate(self, *, minutes: float = 5) -> dict[str, str]:
        """Evaluate what is due, then let time pass."""
        verdicts = await evaluate_due(self.services, clock.now())
        self.time.advance(minutes * 60)
        return verdicts

    async def told(self) -> list[str]:
        """Return the kinds of all events, in order."""
        events = await self.all(ALERT_EVENTS)
        return [event["kind"] for event in sorted(events, key=lambda event: (event["at"], event["number"]))]

    async def state(self, scope: str = "global") -> str:
        """Return the name of a scope's state."""
        (found,) = [body["status"] for body in await self.all(ALERT_STATES) if body["scope"] == scope]
        return str(found)

    async def send_all(self) -> int:
        """Do what RescueJobs does for alerts."""
        send: Callable[..., Any] = sending.send
        return await send_all(self.documents, SYSTEM, lambda event: send(self.services, event))

    async def outbox(self, group: str) -> list[Any]:
        """Return the messages in the outbox whose group begins so."""
        names = await self.services.blobs.names(OUTBOX, "")
        found = [json.loads(await self.services.blobs.read(OUTBOX, name)) for name in names]
        return [message for message in found if message["group"].startswith(group)]
