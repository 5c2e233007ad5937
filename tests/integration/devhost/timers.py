"""How does a test run a timer's listener in its own process, with storage that is real and a clock that it moves?"""

from __future__ import annotations

import asyncio
import inspect
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from azure.functions import TimerRequest
from azure.storage.blob.aio import BlobLeaseClient, BlobServiceClient

from devhost import schedules
from devhost.host_blobs import CONTAINER, LockBlob, StatusBlob
from devhost.indexing import IndexedFunction
from devhost.invocation import Invoker
from devhost.restart_notice import RestartNotice
from devhost.retry_policy import RetryPolicy
from devhost.schedule_status import Status
from devhost.signatures import Signature
from devhost.singleton_lock import SingletonLock
from devhost.timer_listener import Timer, TimerListener

HOST_ID = "a-host"


def at(text: str) -> datetime:
    """Return the instant of November 2026 that ``23T09:00:00`` names."""
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC)


class MovedClock:
    """A HostClock that stands still until the test moves it."""

    def __init__(self, begin: datetime) -> None:
        self._now = begin
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """Return where the test has moved it."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Let it be `instant`."""
        self._now = instant
        self._moved.set()
        self._moved = asyncio.Event()

    async def wait_until(self, instant: datetime) -> None:
        """Return when it has been moved to `instant` or later."""
        while self._now < instant:
            await self._moved.wait()


class ShortLock(LockBlob):
    """A lock whose lease is the shortest that storage gives, however often it is renewed."""

    async def acquire(self, seconds: int) -> bool:
        """Take the lease."""
        return await super().acquire(15)


Call = Callable[[TimerRequest], Awaitable[None]]


def function_of(name: str, call: Call, **trigger: Any) -> IndexedFunction:
    """Return `call` as the indexed timer function `name`."""
    context = "context" in inspect.signature(call).parameters
    binding = {"name": "timer", "type": "timerTrigger", **trigger}
    return IndexedFunction(name, call, binding, (), Signature(True, context, frozenset()), None)


def listener(
    blobs: BlobServiceClient,
    name: str,
    call: Call,
    schedule: str,
    clock: Any,
    *,
    keeps_status: bool = True,
    on_startup: bool = False,
    retry: RetryPolicy = RetryPolicy(),  # noqa: B008  # frozen
    renewal_seconds: float = 30,
) -> TimerListener:
    """Return the listener that a host has for the timer function `name`."""
    store = StatusBlob(blobs, HOST_ID, name) if keeps_status else None
    timer = Timer(function_of(name, call), schedules.parse(schedule), store, retry, on_startup)
    lock = SingletonLock(name, ShortLock(blobs, HOST_ID, name, str(uuid.uuid4())), RestartNotice(), renewal_seconds * 2)  # type: ignore[arg-type]
    return TimerListener(timer, lock, Invoker(Path(), None, lambda reason: None), clock, lock_retry_seconds=0.1)


@asynccontextmanager
async def listening(*listeners: TimerListener) -> AsyncIterator[None]:
    """Let `listeners` listen inside the block."""
    for one in listeners:
        await one.start()
    try:
        yield
    finally:
        for one in listeners:
            await one.stop()


async def stored_status(blobs: BlobServiceClient, name: str, host_id: str = HOST_ID) -> dict[str, str]:
    """Return the members of the stored status."""
    blob = blobs.get_blob_client("azure-webjobs-hosts", f"timers/{host_id}/Host.Functions.{name}/status")
    members: dict[str, str] = json.loads(await (await blob.download_blob()).readall())
    return members


async def store_status(blobs: BlobServiceClient, name: str, last: str, due: str) -> None:
    """Store the status of a timer that ran at `last` and is due at `due`, as a host would have."""
    await StatusBlob(blobs, HOST_ID, name).write(Status(at(last), at(due), at(last)))


async def break_lock(blobs: BlobServiceClient, name: str, host_id: str = HOST_ID) -> None:
    """End the lease of a timer's lock, as its time would."""
    blob = blobs.get_blob_client(CONTAINER, f"locks/{host_id}/Host.Functions.{name}.Listener")
    await BlobLeaseClient(blob).break_lease(lease_break_period=0)
