"""Has the run ended? Looks at the ledger and at the run's shards until it has, or until the time is up."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from cli import progress, runs_read
from shared.documents.containers import RUNS
from shared.jobs.record import ENDED, LIVE
from shared.jobs.records import Records
from shared.jobs.runs import shards
from shared.jobs.runs.ledger import PHASES

if TYPE_CHECKING:
    from shared.jobs.runs.opening import Opened
    from shared.services import Services

_LOOK_SECONDS = 0.5


async def until_ended(services: Services, opened: Opened, limit_seconds: float) -> dict[str, Any] | None:
    """Return the run's entry once it has ended, else as it is when the time is up (None: no worker has seen it)."""
    documents, key = services.documents, opened.key
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limit_seconds
    with progress.share(f"Run {key.id}") as show:
        while True:
            document = await documents.get(RUNS, key.scope, key.id)
            entry = runs_read.view(document.body) if document else None
            states = await shards.by_state(documents, key.id)
            show(sum(states.get(state, 0) for state in ENDED), sum(states.values()) or None)
            # A failed run that is replayed goes on: its job says so before its next step writes the ledger.
            job = await Records(documents).get(key)
            goes_on = job is not None and job.record.status in LIVE
            if entry is not None and entry["status"] not in (*PHASES, "missed") and not goes_on:
                return entry
            if loop.time() >= deadline or (entry is None and job is not None and job.record.ended):
                return entry
            await asyncio.sleep(min(_LOOK_SECONDS, max(0.0, deadline - loop.time())))
