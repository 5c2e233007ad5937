"""Backfill of calls: have the roll-ups made of calls that were stored before there were any, or make them anew.

A run that is only asked for. It does with each call what its taking in does last: its leads are brought up to date, and
what it touches is marked. So it may run beside anything, and again. The workers roll up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from processors.pickup_rate.rollups import RECOMPUTED
from processors.pickup_rate.taking_in import follow
from shared import clock, lanes
from shared.config import Settings
from shared.documents.containers import CALLS
from shared.documents.port import Body, Condition
from shared.errors import UsageError
from shared.jobs.runs.definition import Page, Run, RunDefinition, Totals, asked_for
from shared.jobs.runs.slots import Slot
from shared.rollups.planning import enqueue_marks

NAME = "calls-backfill"
_PAGE = 500
"""Calls in a step, and all of the last one's instant."""


def backfill_run(settings: Settings) -> RunDefinition:
    """Return the run `calls-backfill`."""
    return asked_for(NAME, plan, read_slot, "has the roll-ups of all calls made anew", fan_in)


def read_slot(text: str) -> Slot:
    """Return the slot that a day names, such as today's. Raises UsageError for any other text."""
    try:
        return Slot(text, datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC))
    except ValueError:
        raise UsageError(f"{text!r} is no slot; it takes a day, such as 2026-11-23.", code="slot_invalid") from None


async def plan(run: Run, cursor: str | None) -> Page:
    """Follow up the next calls, by when they began."""
    documents, now = run.services.documents, clock.now()
    begin = cursor or clock.to_text(now - RECOMPUTED)
    where: list[Condition] = [("initiatedAt", ">=", begin)]
    calls: list[Body] = []
    after: str | None = None
    async for document in documents.query(CALLS, where=where, order_by="initiatedAt"):
        at = document.body["initiatedAt"]
        if len(calls) >= _PAGE and at != calls[-1]["initiatedAt"]:
            after = at
            break
        calls.append(document.body)

    async def one(call: Body) -> None:
        await follow(documents, call, now)

    await lanes.run(calls, lambda call: call.get("requestId") or call["id"], one)
    return Page(after=after, counters={"calls": len(calls)})


async def fan_in(run: Run, totals: Totals) -> Mapping[str, int]:
    """Enqueue the marks at once, instead of at the next tick."""
    planned = await enqueue_marks(run.services.documents, run.services.queues, run.services.settings.rollup_queue)
    return {"enqueued": planned.marks}
