"""Look at the start: each worker process says once in the log what Azure lacks, and how to mend it.

It begins after the first messages have been served, beside the work, and stops nothing. A service that is away is asked
again later. What was found last is kept as the heartbeat `needs`, so that an operator's doctor sees what only the app
can: its own identity's rights, and its own settings.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from shared import clock, heartbeats, telemetry
from shared.blobs.storage import Blobs
from shared.documents.port import Documents
from shared.finding import Finding
from shared.needs import commands, looking
from shared.queues.storage import StorageQueues
from shared.services import Services

HEARTBEAT = "needs"
FIRST_SECONDS = 20.0
AGAIN_SECONDS = (60.0, 300.0, 900.0)
"""After so long a service that was away is asked again, so often."""
_LEVELS = {"wrong": logging.ERROR, "warning": logging.WARNING}
_log = logging.getLogger("nightshift.needs")


async def look_once(
    services: Services,
    environment: Mapping[str, str],
    machine: str,
    *,
    first_seconds: float = FIRST_SECONDS,
    again_seconds: Sequence[float] = AGAIN_SECONDS,
) -> None:
    """Look after `first_seconds`, and again as long as a service is away; log what is lacking and keep it."""
    await asyncio.sleep(first_seconds)
    queues, blobs = services.queues, services.blobs
    if not isinstance(queues, StorageQueues) or not isinstance(blobs, Blobs):
        return
    findings: list[Finding] = []
    for wait in (*again_seconds, None):
        findings = await looking.look(services.settings, environment, queues, blobs, services.documents)
        if wait is None or not any(one.code == looking.AWAY for one in findings):
            break
        await asyncio.sleep(wait)
    lacking = [one for one in findings if one.state != "ok"]
    for one in lacking:
        told = {"check": one.check, "thing": one.name, "found": one.found, "mend": one.mend}
        telemetry.event(_log, _LEVELS[one.state], "azure lacks what the app needs", **told, see=commands.DOCTOR)
    if not lacking:
        telemetry.event(_log, logging.INFO, "azure has what the app needs", checks=len(findings))
    await _keep(services.documents, machine, lacking)


async def last(documents: Documents) -> dict[str, Any] | None:
    """Return what an app found last: `at`, `machine` and `lacking`; None when none has looked yet."""
    return (await heartbeats.all_of(documents)).get(HEARTBEAT)


async def _keep(documents: Documents, machine: str, lacking: list[Finding]) -> None:
    members = ("check", "name", "state", "found", "mend")
    kept = [{member: getattr(one, member) for member in members} for one in lacking]
    await heartbeats.note(documents, HEARTBEAT, {"at": clock.text_now(), "machine": machine, "lacking": kept})
