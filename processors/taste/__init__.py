"""A like becomes a taste profile: what the queue functions of the taste jobs call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.jobs.worker import HostMessage


async def process_job(message: HostMessage) -> None:
    """Handle one delivery of the taste queue."""
    from processors.taste.kind import taste_kind
    from shared.jobs import worker

    await worker.deliver(taste_kind, message)


async def process_poison(message: HostMessage) -> None:
    """Turn one message that the host gave up on into a dead letter."""
    from processors.taste.kind import taste_kind
    from shared.jobs import worker

    await worker.deliver_poison(taste_kind, message)
