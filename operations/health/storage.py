"""The storage account: whether its queues and blobs are there, and its clock agrees with ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING

from shared import clock, clock_check
from shared.config import Settings
from shared.errors import NightshiftError, Permanent, Unavailable
from shared.finding import Finding, failed, fine, wrong

if TYPE_CHECKING:
    from shared.blobs.storage import Blobs
    from shared.queues.storage import StorageQueues

MAX_SKEW = timedelta(seconds=10)
"""Claims last 60 s and are renewed at 20 s, by clocks of different workers. Only at a minute do workers stop."""

_UNREACHED = "Check the address in AzureWebJobsStorage, and whether this machine may reach it."
_UNLIKELY = "nightshift-doctor"
"""A blob that nobody has: asking for it shows whether the container may be read."""


async def check(settings: Settings) -> AsyncIterator[Finding]:
    """Yield what is found of the storage account that the settings name."""
    from operations.storage import require_local
    from shared.services import open_blobs, open_queues

    try:
        await asyncio.to_thread(require_local, settings)
        queues, blobs = open_queues(settings), open_blobs(settings)
    except NightshiftError as error:
        yield failed("queues", "AzureWebJobsStorage", error)
        return
    try:
        if (silent := await _silence(settings, queues)) is not None:
            yield silent
            return
        async for finding in _queues(settings, queues):
            yield finding
        async for finding in _blobs(blobs):
            yield finding
        yield await skew(queues)
    finally:
        await queues.close()
        await blobs.close()


async def _silence(settings: Settings, queues: StorageQueues) -> Finding | None:
    """Return the one finding that matters when the account doesn't answer: each further question would say so again."""
    try:
        await queues.depth(settings.taste_queue)
    except Unavailable as error:
        return wrong("queues", "AzureWebJobsStorage", str(error), _UNREACHED, code=error.code)
    except NightshiftError:
        return None  # it answers
    return None


async def _queues(settings: Settings, queues: StorageQueues) -> AsyncIterator[Finding]:
    from processors.catalogue import registry

    for name in [name for kind in registry(settings) for name in (kind.queue, kind.poison_queue)]:
        try:
            depth = await queues.depth(name)
        except NightshiftError as error:
            yield failed("queues", name, error)
            continue
        if depth is None:
            yield wrong("queues", name, "missing: a trigger doesn't create it", code="queue_missing")
        else:
            yield fine("queues", name, f"{depth} messages")


async def _blobs(blobs: Blobs) -> AsyncIterator[Finding]:
    from shared.blobs.containers import CONTAINERS

    for container in CONTAINERS:
        yield await _container(blobs, container)


async def _container(blobs: Blobs, name: str) -> Finding:
    try:
        await blobs.read(name, _UNLIKELY, limit=1)
    except Permanent as error:
        if getattr(error.__cause__, "error_code", "") == "ContainerNotFound":
            return wrong("blobs", name, "there is no such container", code="container_missing")
        if error.code not in ("blob_missing", "blob_empty"):
            return failed("blobs", name, error)
    except NightshiftError as error:
        return failed("blobs", name, error)
    return fine("blobs", name, "can be read")


async def skew(queues: StorageQueues) -> Finding:
    """Return whether this machine's clock agrees with the queue service's."""
    asked = clock.now()
    try:
        served = await queues.server_time()
    except NightshiftError as error:
        return failed("clock", "queue service", error)
    found = clock_check.judged(asked, clock.now(), served)
    if abs(found.ahead) > MAX_SKEW:
        return wrong("clock", "this machine's", str(found), "Let it follow a time server (NTP).")
    return fine("clock", "this machine's", "agrees with the queue service's")
