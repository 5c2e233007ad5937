"""Queues: how deep they are; and an address for whoever is to put messages into one, and may do nothing else."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from operations.actor import Actor
from operations.answers import Page, page
from operations.verdict import QueueDepth as QueueDepth
from shared import audit, clock
from shared.errors import NightshiftError, NotFound, Refused, UsageError
from shared.queues.add_only import LONGEST, GivesAddOnly
from shared.queues.add_only import AddOnly as AddOnly
from shared.services import Services
from shared.suggestion import did_you_mean


async def depths(services: Services, by: Actor) -> Page[QueueDepth]:
    """Return how many messages each queue of the app holds, poison queues included, or why that isn't known."""
    by.require("reader")
    from processors.catalogue import registry

    names = [name for kind in registry(services.settings) for name in (kind.queue, kind.poison_queue)]
    return page(await asyncio.gather(*(_depth(services, name) for name in names)))


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


async def _depth(services: Services, name: str) -> QueueDepth:
    try:
        depth = await services.queues.depth(name)
    except NightshiftError as error:
        return QueueDepth(name, None, error)
    missing = NotFound(f"There is no queue {name!r}.", code="queue_missing") if depth is None else None
    return QueueDepth(name, depth, missing)
