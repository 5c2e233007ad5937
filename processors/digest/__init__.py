"""Each user gets a digest a week: what the digest's functions call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.jobs.kinds import Kind


async def ring() -> None:
    """Open the run of the latest slot."""
    from processors.digest.run import digest_run
    from shared.jobs.runs import worker

    await worker.ring(digest_run)


def job_kind(settings: Settings) -> Kind:
    """Return the kind of the groups of users of a run."""
    from processors.digest.kind import digest_kind

    return digest_kind(settings)
