"""Queues: an address for whoever is to put messages into one, and may do nothing else."""

from __future__ import annotations

from datetime import timedelta

from operations.actor import Actor
from shared import audit, clock
from shared.errors import Refused, UsageError
from shared.queues.add_only import LONGEST, AddOnly, GivesAddOnly
from shared.services import Services
from shared.suggestion import did_you_mean


async def add_only(services: Services, by: Actor, queue: str, length: timedelta) -> AddOnly:
    """Return an address that may only add messages to a queue of the app, for so long (at most 7 days).

    Raises UsageError for a queue that no kind of job has or a time too long, Misconfigured when nothing can sign it.
    """
    by.require("admin")
    from processors.catalogue import registry

    known = sorted(kind.queue for kind in registry(services.settings))
    if queue not in known:
        raise UsageError(
            f"No kind of job has a queue {queue!r}.{did_you_mean(queue, known)} Queues are: {', '.join(known)}.",
            code="queue_unknown",
        )
    if length > LONGEST:
        raise UsageError(f"Such an address lasts {LONGEST.days} days at most.", code="time_too_long")
    if not isinstance(services.queues, GivesAddOnly):
        raise Refused("These queues are in this process alone: they have no address.", code="queue_unaddressed")
    made = await services.queues.add_only(queue, clock.now() + length)
    until = clock.to_text(made.until)
    await audit.write(services.documents, "make sas", by=by.name, queue=queue, until=until, signedBy=made.signed_by)
    return made
