"""Outbound calls are taken in, and whoever is to know is told when too few are picked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.jobs.kinds import Kind


async def open_run() -> None:
    """Open the run of the latest tick."""
    from processors.pickup_rate.run import pickup_rate_run
    from shared.jobs.runs import timers

    await timers.open_run(pickup_rate_run)


def job_kind(settings: Settings) -> Kind:
    """Return the kind of the evaluations."""
    from processors.pickup_rate.run import pickup_rate_kind

    return pickup_rate_kind(settings)


def call_kind(settings: Settings) -> Kind:
    """Return the plain kind of the calls."""
    from processors.pickup_rate.taking_in import call_kind

    return call_kind(settings)
