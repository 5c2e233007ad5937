"""The functions of workloads that ask something of others: the catalogue has handed it to them.

function_app.py calls these as it calls a workload's own package: their parts are imported when they are called. A
workload can't do this itself, since the catalogue imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.jobs.kinds import Kind


async def open_digest_run() -> None:
    """Open the digests' run of the latest slot."""
    from processors.catalogue import run_definitions
    from shared.jobs.runs import timers

    await timers.open_run(lambda settings: run_definitions(settings).named("digest"))


def digest_kind(settings: Settings) -> Kind:
    """Return the kind of the groups of users of a digests' run."""
    from processors.catalogue import digest_kind

    return digest_kind(settings)


def rollup_kind(settings: Settings) -> Kind:
    """Return the plain kind that recomputes roll-ups."""
    from processors.catalogue import rollup_kind

    return rollup_kind(settings)


def alert_kind(settings: Settings) -> Kind:
    """Return the kind of the runs of alert rules, which ask workloads for their measures."""
    from processors.catalogue import alert_kind

    return alert_kind(settings)
