"""Runs of the roll-ups in a test's world: backfills and reconciles, step by step."""

from __future__ import annotations

from processors.metrics.backfill import Backfill, backfill_run
from processors.metrics.reconcile import reconcile_run
from shared.config import Settings
from shared.jobs.runs.definition import RunDefinition, RunDefinitions
from shared.jobs.runs.ledger import Entry, Ledger
from shared.jobs.runs.opening import Opened, open_run
from shared.jobs.runs.run_kind import run_kind
from shared.jobs.runs.slots import Slot
from tests.integration.metrics.worlds import World

BACKFILL, RECONCILE = backfill_run(Settings()), reconcile_run(Settings())
RUNS = run_kind(Settings(), RunDefinitions([BACKFILL, RECONCILE]))
LIMIT_STEPS = 500


async def opened(of: World, definition: RunDefinition, slot: Slot, *, force: bool = False) -> Opened:
    """Ask for a run."""
    for queue in (RUNS.queue, RUNS.poison_queue, Settings().notification_queue):
        of.queues._queues.setdefault(queue, {})
    return await open_run(of.services, definition, slot, trigger="manual", by="ada", force=force)


async def work_off(of: World, *, steps: int = LIMIT_STEPS) -> None:
    """Deliver the messages of runs until there are none, or so many times."""
    for _ in range(steps):
        if await of.deliver(RUNS) is None:
            due = of.queues.next_visible_at(RUNS.queue)
            if due is None:
                return
            of.time.now = max(of.time.now, due)


async def backfilled(of: World, wanted: Backfill, *, force: bool = False) -> Entry:
    """Do a backfill's run, roll up what it marked, and return its entry in the ledger."""
    found = await opened(of, BACKFILL, wanted.slot, force=force)
    await work_off(of)
    await of.settle()
    return await entry(of, BACKFILL.name, found.id)


async def reconciled(of: World) -> Entry:
    """Do tonight's reconcile, and return its entry in the ledger."""
    found = await opened(of, RECONCILE, RECONCILE.slot_at(of.time.now))
    await work_off(of)
    return await entry(of, RECONCILE.name, found.id)


async def entry(of: World, name: str, id: str) -> Entry:
    """Return a run's entry in the ledger."""
    held = await Ledger(of.services.documents).get(name, id)
    assert held is not None, f"run {id} isn't in the ledger"
    return held.entry
