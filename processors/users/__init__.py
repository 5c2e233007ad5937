"""Who the users are, and all that is kept of one: what the users' functions call."""

from __future__ import annotations


async def open_run() -> None:
    """Open the reconcile run of the latest slot."""
    from processors.users.reconcile import reconcile_run
    from shared.jobs.runs import timers

    await timers.open_run(reconcile_run)
