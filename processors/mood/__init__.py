"""Scraped items become moods and their trends: what the mood functions call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.jobs.worker import HostMessage


async def ring() -> None:
    """Open the run of the latest slot."""
    from processors.mood.run import mood_run
    from shared.jobs.runs import worker

    await worker.ring(mood_run)


async def process_job(message: HostMessage) -> None:
    """Handle one delivery of the queue of chunks."""
    from processors.mood.kind import mood_kind
    from shared.jobs import worker

    await worker.deliver(mood_kind, message)


async def process_poison(message: HostMessage) -> None:
    """Turn one message that the host gave up on into a dead letter."""
    from processors.mood.kind import mood_kind
    from shared.jobs import worker

    await worker.deliver_poison(mood_kind, message)
