"""Wrong clock: what happens to work when this machine's clock is off?

It is left to others: a message is deferred, a timer does nothing. Both say so.
"""

from __future__ import annotations

import logging

from shared import clock, heartbeats, telemetry
from shared.clock_check import ClockCheck
from shared.documents.port import Documents
from shared.jobs import retry
from shared.jobs.kinds import Kind
from shared.jobs.outcome import Outcome
from shared.queues.port import Delivery

CODE = "clock_off"
_log = logging.getLogger("nightshift.clock")


async def deferral(check: ClockCheck, kind: Kind, delivery: Delivery) -> Outcome | None:
    """Return the outcome of a delivery that isn't taken now; None when the clock is right, as far as is known.

    The waits double to 15 min: a lone worker that stays wrong uses up no message's 1000 deliveries within ten days.
    """
    found = await check.look()
    if found is None or not found.is_off:
        return None
    wait = retry.store_delay(delivery.dequeue_count)
    return Outcome("deferred", kind.name, code=CODE, why=f"this machine's clock is {found}", wait=wait)


async def stops(check: ClockCheck, documents: Documents, timer: str) -> bool:
    """Return whether a timer is to do nothing, and say so in the log and in the timer's heartbeat."""
    found = await check.look()
    if found is None or not found.is_off:
        return False
    telemetry.event(_log, logging.WARNING, "timer does nothing: clock is off", timer=timer, **found.to_body())
    at, why = clock.to_text(found.at), f"It did nothing: this machine's clock is {found}"
    error = {"at": at, "class": "Misconfigured", "code": CODE, "message": why}
    await heartbeats.note(documents, timer, {"lastStart": at, "lastError": error})
    return True
