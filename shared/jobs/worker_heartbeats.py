"""Worker heartbeats: is a host there that takes work?

Each worker process writes one document anew each 15 s, from its first message or timer on, as long as its event loop
turns: not at each message. One that was stopped or killed falls silent; whoever starts clears away what has been silent
for an hour, so that there are no more documents than lately there were processes.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import clock, skew
from shared.documents.containers import HEARTBEATS
from shared.documents.port import Body, Documents
from shared.errors import NightshiftError, PreconditionFailed
from shared.heartbeats import all_of

EVERY = timedelta(seconds=15)
UNSEEN_AFTER = timedelta(seconds=40)
"""Two beats may be missed. A host that has just started is seen at its first message, at the latest after a minute:
RescueJobs fires each minute."""
_CLEARED_AFTER = timedelta(hours=1)
_PREFIX = "worker:"
SCHEMA_VERSION = 1

_log = logging.getLogger("nightshift.heartbeats")


@dataclass(frozen=True, slots=True)
class HostSeen:
    """When a host was last seen (None: never), and how many worker processes are there now."""

    last: datetime | None
    workers: int

    def is_there(self, now: datetime) -> bool:
        """Return whether a host was seen lately."""
        return self.last is not None and now - self.last <= UNSEEN_AFTER


async def beat_on(documents: Documents, machine: str, *, process: int | None = None) -> None:
    """Write this process's heartbeat now and then each 15 s, until it is cancelled. What fails is only logged."""
    process = os.getpid() if process is None else process
    name, began = f"{_PREFIX}{machine}:{process}", clock.text_now()
    beat: Body = {
        "id": name,
        "machine": machine,
        "process": process,
        "startedAt": began,
        "schemaVersion": SCHEMA_VERSION,
    }
    cleared = False
    while True:
        try:
            await documents.upsert(HEARTBEATS, {**beat, "at": clock.text_now()})
            if not cleared:
                await _clear(documents)
                cleared = True
        except NightshiftError as error:
            _log.warning("the heartbeat of %s can't be written: %s", name, error)
        await asyncio.sleep(EVERY.total_seconds())


async def seen(documents: Documents, now: datetime) -> HostSeen:
    """Return when a host was last seen: by its workers' heartbeats, and by those of its housekeeping timers.

    What a clock wrote that is ahead doesn't count.
    """
    return seen_in(await all_of(documents), now)


def seen_in(beats: Mapping[str, Body], now: datetime) -> HostSeen:
    """Return when a host was last seen by these heartbeats, which are all, by name."""
    workers, others = [], []
    for name, beat in beats.items():
        if name.startswith(_PREFIX):
            workers.append(clock.parse(beat["at"]))
        elif "lastStart" in beat:
            others.append(clock.parse(beat["lastStart"]))
    believed = [at for at in workers if not skew.is_ahead(at, now)]
    last = max((at for at in (*believed, *others) if not skew.is_ahead(at, now)), default=None)
    return HostSeen(last, sum(now - at <= UNSEEN_AFTER for at in believed))


async def _clear(documents: Documents) -> None:
    old = clock.text_now(-_CLEARED_AFTER)
    async for document in documents.query(HEARTBEATS, where=[("at", "<", old)]):
        name = document.body["id"]
        if name.startswith(_PREFIX):
            with suppress(PreconditionFailed):  # it beats still
                await documents.delete(HEARTBEATS, name, name, document.etag)
