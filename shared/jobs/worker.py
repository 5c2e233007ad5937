"""Worker: the runtime that serves this process's queue functions.

One per process, opened at the first delivery: its kinds share one suspect slot and one view of the gates.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

from shared import clock, telemetry
from shared.clock_check import machine
from shared.config import Settings, environment, settings
from shared.jobs import worker_heartbeats
from shared.jobs.kinds import Kind
from shared.jobs.outcome import Deferred
from shared.jobs.runtime import Runtime
from shared.needs import at_start
from shared.queues.port import Delivery
from shared.services import open_services
from shared.telemetry.events import error_name
from shared.telemetry.opening import open_signals

_log = logging.getLogger("nightshift.jobs")


class Undelivered(Exception):
    """A delivery met what nobody expects, a defect of ours: the message stays in its queue."""


class HostMessage(Protocol):
    """What the host hands to a queue function (azure.functions.QueueMessage)."""

    @property
    def id(self) -> str | None: ...
    @property
    def dequeue_count(self) -> int | None: ...
    @property
    def insertion_time(self) -> datetime | None: ...
    @property
    def pop_receipt(self) -> str | None: ...
    def get_body(self) -> bytes: ...


_background: set[asyncio.Task[None]] = set()
"""What goes on as long as the process: an event loop holds its tasks only weakly."""


@lru_cache(maxsize=1)
def runtime() -> Runtime:
    """Return the process's runtime, opened at the first call, inside the event loop.

    From then on its heart beats; in Azure it looks, once and beside its work, whether all that it needs is there.
    """
    telemetry.configure(settings())
    open_signals(settings())
    opened = Runtime(open_services())
    name = machine(settings())
    _go_on(worker_heartbeats.beat_on(opened.services.documents, name))
    if settings().in_azure:
        _go_on(at_start.look_once(opened.services, environment(), name))
    return opened


KindOf = Callable[[Settings], Kind]


async def deliver(kind_of: KindOf, message: HostMessage) -> None:
    """Run one delivery of the kind's queue. Raises Deferred or Undelivered when the host must keep the message."""
    kind = kind_of(settings())
    with _told_without_texts(kind):
        await runtime().deliver(kind, delivery_of(kind.queue, message))


async def deliver_poison(kind_of: KindOf, message: HostMessage) -> None:
    """Make a dead record of what the host gave up on. Raises as `deliver` does when the copy must come back."""
    kind = kind_of(settings())
    with _told_without_texts(kind):
        await runtime().deliver_poison(kind, delivery_of(kind.poison_queue, message))


@contextmanager
def _told_without_texts(kind: Kind) -> Iterator[None]:
    """Log what nobody expects by class and place, and raise Undelivered: the host logs texts of errors."""
    try:
        yield
    except Deferred:
        raise
    except Exception as error:
        _log.error("a delivery of %s raised", kind.name, exc_info=error)
        raise Undelivered(error_name(error)) from None


def _go_on(work: Coroutine[Any, Any, None]) -> None:
    _background.add(asyncio.get_running_loop().create_task(work))


def delivery_of(queue: str, message: HostMessage) -> Delivery:
    """Return the host's message as the runtime's `Delivery`."""
    put_at = message.insertion_time or clock.now()
    return Delivery(
        queue,
        message.get_body(),
        message.id or "",
        message.pop_receipt or "",
        message.dequeue_count or 1,
        put_at if put_at.tzinfo else put_at.replace(tzinfo=UTC),
    )
