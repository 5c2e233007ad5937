"""Plain kinds: how is a message handled that needs no record?

A plain kind is an idempotent upsert: handled on every delivery, deferred by its dequeue count when it fails as
Transient, and a dead letter of its own once it is Permanent or has come 200 times.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta

from shared import clock
from shared.errors import Misconfigured, Permanent, RateLimited, Transient, Unavailable
from shared.jobs import retry, scopes
from shared.jobs.gates import PROBED_LOOK, Gate, Gates, gate_for
from shared.jobs.intake import Intake
from shared.jobs.kinds import Job, Kind
from shared.jobs.messages import Message
from shared.jobs.outcome import Outcome, What
from shared.jobs.record import JobKey
from shared.queues.port import Delivery
from shared.services import Services

_log = logging.getLogger("nightshift.jobs")


class PlainDeliveries:
    """Handles deliveries of plain kinds."""

    def __init__(self, services: Services, gates: Gates, intake: Intake) -> None:
        self._services = services
        self._gates = gates
        self._intake = intake

    async def deliver(self, kind: Kind, delivery: Delivery, message: Message, began: datetime) -> Outcome:
        """Handle one delivery; the outcome's wait says when the message must come back."""
        probes: list[Gate] = []
        for gate in await self._gates.closed(kind.gates_of(vars(message.payload))):
            probe = await self._gates.win_probe(gate, began + kind.policy.deadline) if gate.due_at(began) else None
            if probe is None:
                await self._end_probes(probes, success=False)
                look = began + PROBED_LOOK if gate.due_at(began) else gate.look_at(began)
                return Outcome(
                    "deferred", kind.name, delivery.id, why=f"gate {gate.name} is closed", wait=_until(look),
                    gate=gate.name, unrecorded=True,
                )  # fmt: skip
            probes.append(probe)
        key = JobKey(scopes.of_queue(kind.queue), delivery.id)
        job = Job(key, 0, delivery.dequeue_count, delivery.put_at, self._services)
        try:
            async with asyncio.timeout(kind.policy.deadline.total_seconds()):
                await kind.handler(job, message.payload)
        except Unavailable:
            raise
        except (RateLimited, Misconfigured) as error:
            gate = await self._gates.close_after(gate_for(error, kind.gates), error, began, by=f"message {delivery.id}")
            await self._end_probes([probe for probe in probes if probe.name != gate.name], success=False)
            failed = _failed("held", kind, delivery, error, _until(gate.look_at(clock.now())))
            return replace(failed, gate=gate.name, unrecorded=True)
        except Exception as error:
            await self._end_probes(probes, success=False)
            if not isinstance(error, Transient | Permanent | TimeoutError):
                _log.error("handler of %s message %s raised", kind.name, delivery.id, exc_info=error)
            if isinstance(error, Permanent) or delivery.dequeue_count >= kind.policy.plain_deliveries:
                return await self._intake.bury(kind, delivery, error)
            wait = retry.attempt_delay(delivery.dequeue_count, kind.policy.redelivery_max, error)
            return _failed("retry", kind, delivery, error, wait)
        await self._end_probes(probes, success=True)
        return Outcome("completed", kind.name, delivery.id, attempt=delivery.dequeue_count)

    async def _end_probes(self, probes: list[Gate], *, success: bool) -> None:
        for probe in probes:
            await self._gates.end_probe(probe, success=success)


def _until(due: datetime) -> timedelta:
    return max(due - clock.now(), timedelta())


def _failed(what: What, kind: Kind, delivery: Delivery, error: Exception, wait: timedelta) -> Outcome:
    return Outcome(
        what,
        kind.name,
        delivery.id,
        attempt=delivery.dequeue_count,
        error_class=type(error).__name__,
        code=getattr(error, "code", "unexpected"),
        wait=wait,
    )
