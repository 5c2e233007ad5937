"""Outbound calls are taken in, and whoever is to know is told when too few are picked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.jobs.worker import HostMessage


async def ring() -> None:
    """Open the run of the latest tick."""
    from processors.pickup_rate.run import pickup_rate_run
    from shared.jobs.runs import worker

    await worker.ring(pickup_rate_run)


async def process_job(message: HostMessage) -> None:
    """Handle one delivery of the queue of evaluations."""
    from processors.pickup_rate.run import pickup_rate_kind
    from shared.jobs import worker

    await worker.deliver(pickup_rate_kind, message)


async def process_poison(message: HostMessage) -> None:
    """Turn one evaluation that the host gave up on into a dead letter."""
    from processors.pickup_rate.run import pickup_rate_kind
    from shared.jobs import worker

    await worker.deliver_poison(pickup_rate_kind, message)


async def process_call(message: HostMessage) -> None:
    """Take in one call."""
    from processors.pickup_rate.calls import call_kind
    from shared.jobs import worker

    await worker.deliver(call_kind, message)


async def process_call_poison(message: HostMessage) -> None:
    """Turn one call that the host gave up on into a dead letter."""
    from processors.pickup_rate.calls import call_kind
    from shared.jobs import worker

    await worker.deliver_poison(call_kind, message)
