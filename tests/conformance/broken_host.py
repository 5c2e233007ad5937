"""A devhost that is broken on purpose, as the variable BREAKAGE says: does a scenario catch it?

`python -m tests.conformance.broken_host` takes devhost's own arguments.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.storage.queue.aio import QueueClient

from devhost import __main__ as devhost
from devhost import deliveries, host_options, poison_queue, schedule_status, timer_listener
from devhost.deliveries import Courier, Delivery
from devhost.schedule_status import Status
from devhost.schedules import Schedule


def receipt_ignored() -> None:
    """Put a failed message back at the host's own time, though its function has moved or deleted it."""
    after_failure = Courier._after_failure

    @contextlib.contextmanager
    def mismatch_raised(self: Courier, delivery: Delivery) -> Iterator[None]:
        yield

    async def ignoring(self: Courier, delivery: Delivery) -> None:
        try:
            await after_failure(self, delivery)
        except HttpResponseError:
            seconds = self._options.visibility_timeout_seconds
            await self._queue.send_message(delivery.message.content, visibility_timeout=seconds)

    Courier._lost_message_ignored = mismatch_raised  # type: ignore[method-assign]
    Courier._after_failure = ignoring  # type: ignore[method-assign]


def threshold_off_by_one() -> None:
    """Receive again when one more than newBatchThreshold runs."""
    _change_options(lambda options: {"new_batch_threshold": options.new_batch_threshold + 1})


def poison_threshold_off_by_one() -> None:
    """Let a message be delivered once more than maxDequeueCount."""
    _change_options(lambda options: {"max_dequeue_count": options.max_dequeue_count + 1})


def poison_without_body() -> None:
    """Move a message to the poison queue without its body."""
    add = poison_queue.add

    async def empty(poison: QueueClient, text: str) -> None:
        await add(poison, "")

    deliveries.poison_queue.add = empty


def status_saved_before_the_run() -> None:
    """Save the status of a timer's run before it has run."""
    call = timer_listener.TimerListener._call

    async def saved_first(self: timer_listener.TimerListener, status: Status | None, past_due: bool) -> None:
        if status is not None and self._timer.store is not None:
            await self._timer.store.write(
                schedule_status.after_run(status, self._timer.schedule, self._clock.now(), unscheduled=past_due)
            )
        await call(self, status, past_due)

    timer_listener.TimerListener._call = saved_first  # type: ignore[method-assign]


def early_run_not_counted() -> None:
    """Count the next instant from the start of a run that began early."""

    def after_run(before: Status, schedule: Schedule, began: datetime, *, unscheduled: bool = False) -> Status:
        return Status(last=began, next=schedule.after(began), updated=began)

    schedule_status.after_run = after_run


BREAKAGES: dict[str, Callable[[], None]] = {
    breakage.__name__: breakage
    for breakage in (
        receipt_ignored,
        threshold_off_by_one,
        poison_threshold_off_by_one,
        poison_without_body,
        status_saved_before_the_run,
        early_run_not_counted,
    )
}


def _change_options(change: Callable[[host_options.QueueOptions], dict[str, Any]]) -> None:
    read = host_options.read

    def changed(*arguments: Any) -> host_options.HostOptions:
        options = read(*arguments)
        return dataclasses.replace(options, queues=dataclasses.replace(options.queues, **change(options.queues)))

    host_options.read = changed


if __name__ == "__main__":
    BREAKAGES[os.environ["BREAKAGE"]]()
    sys.exit(devhost.main())
