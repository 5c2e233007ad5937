"""Each user gets a digest a week: what the digest's functions call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.jobs.worker import HostMessage


async def ring() -> None:
    """Open the run of the latest slot."""
    from processors.digest.run import digest_run
    from shared.jobs.runs import worker

    await worker.ring(digest_run)


async def process_job(message: HostMessage) -> None:
    """Handle one delivery of the queue of users' groups."""
    from processors.digest.kind import digest_kind
    from shared.jobs import worker

    await worker.deliver(digest_kind, message)


async def process_poison(message: HostMessage) -> None:
    """Turn one message that the host gave up on into a dead letter."""
    from processors.digest.kind import digest_kind
    from shared.jobs import worker

    await worker.deliver_poison(digest_kind, message)
