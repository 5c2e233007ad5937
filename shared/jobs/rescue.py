"""Rescue, the reaper of orphaned jobs: who wakes a job whose message is gone?

Each minute: running jobs whose claim is over since 60 s, and queued or waiting ones 15 min overdue, get their message
sent again (same generation). Touch first, then send: the record's rescueAt is moved on by compare-and-set, its distance
doubled up to 4 h, so that two rescuers, or the next minute's, leave a touched job alone. Jobs that a gate holds
which is not yet due are left alone; a due gate needs a message to probe it. Each quarter of an hour it looks for jobs
too that a clock which was ahead wrote: their rescueAt may be days away.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import clock, skew
from shared.documents.containers import JOBS
from shared.documents.port import Condition
from shared.jobs import transitions
from shared.jobs.gates import Gates
from shared.jobs.kinds import Kind, Registry
from shared.jobs.record import Record, from_body
from shared.jobs.record_store import Held, Records
from shared.jobs.trust import trusted
from shared.jobs.waking import wake
from shared.queues.port import Queues

_QUARTER = 15
"""Minutes between two looks for what a wrong clock wrote: it is rare, and the look costs a query more."""


@dataclass(frozen=True, slots=True)
class Rescued:
    """A job that was, or would be, woken: its record as found, and how long it was overdue."""

    record: Record
    overdue: timedelta


def not_held(registry: Registry, shut: Set[str]) -> list[list[Condition]]:
    """Return which jobs the `shut` gates don't hold: those of whole kinds, then some of a kind for each other."""
    free = {kind.name: kind.free_of(shut) for kind in registry}
    whole = sorted(name for name, some in free.items() if some is not None and not some)
    parts: list[list[Condition]] = [[("kind", "=", name), *some] for name, some in sorted(free.items()) if some]
    return [[("kind", "in", whole)], *parts]


class Rescue:
    """Wakes jobs that nobody woke."""

    def __init__(self, records: Records, queues: Queues, gates: Gates, registry: Registry) -> None:
        self._records = records
        self._queues = queues
        self._gates = gates
        self._registry = registry

    async def run(self, *, dry_run: bool = False) -> list[Rescued]:
        """Wake every overdue job; return them. With `dry_run` only look."""
        now = clock.now()
        shut = {gate.name for gate in await self._gates.all() if not gate.due_at(now)}
        kinds = {kind.name: kind for kind in self._registry}
        rescued = []
        for wanted in not_held(self._registry, shut):
            async for held in self._overdue(now, wanted):
                if dry_run or await self._wake(held, kinds[held.record.kind]):
                    assert held.record.rescue_at is not None  # the query asked for it
                    rescued.append(Rescued(held.record, max(now - held.record.rescue_at, timedelta())))
        return rescued

    async def _overdue(self, now: datetime, wanted: list[Condition]) -> AsyncIterator[Held]:
        async for held in self._found([("rescueAt", "<=", clock.to_text(now)), *wanted], "rescueAt"):
            yield held
        if now.minute % _QUARTER:
            return
        ahead: Condition = ("updatedAt", ">", clock.text_now(skew.MAX_APART))
        async for held in self._found([ahead, ("rescueAt", ">", clock.to_text(now)), *wanted], "updatedAt"):
            if skew.is_ahead(held.record.updated_at):  # still: the question may have taken long
                yield held

    async def _found(self, where: list[Condition], order: str) -> AsyncIterator[Held]:
        async for document in self._records.documents.query(JOBS, where=where, order_by=order):
            yield Held(from_body(document.body), document.etag)

    async def _wake(self, held: Held, kind: Kind) -> bool:
        record = trusted(held.record, kind.policy, clock.now())
        touched, level = transitions.woken(record), logging.WARNING
        return await wake(self._records, self._queues, kind, held, touched, what="rescued", level=level)
