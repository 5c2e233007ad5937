"""Who the users are, and all that is kept of one: what the users' functions call."""

from __future__ import annotations


async def ring() -> None:
    """Open the reconcile run of the latest slot."""
    from processors.users.reconcile import reconcile_run
    from shared.jobs.runs import worker

    await worker.ring(reconcile_run)
