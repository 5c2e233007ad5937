"""The weekly run that finds users who aren't registered. It works while it plans, page by page, and has no shards."""

from __future__ import annotations

from collections.abc import Mapping

from shared import users
from shared.config import Settings
from shared.jobs.runs.definition import Page, Run, RunDefinition, Totals
from shared.schedules import Schedule


def reconcile_run(settings: Settings) -> RunDefinition:
    """Return the run `reconcile-users`: on Sundays, so that Monday's digests reach whom it finds."""
    return RunDefinition(
        name="reconcile-users",
        timer="ReconcileUsers",
        schedule=Schedule("0 20 3 * * 0"),
        slot_form="week",
        plan=plan,
        shard_kind=None,
        fan_in=fan_in,
        about="registers users that no writer has registered",
        catch_up="once",
    )


async def plan(run: Run, cursor: str | None) -> Page:
    """Register the missing ones among the users of the next documents."""
    found = await users.reconcile(run.services.documents, cursor)
    return Page(after=found.after, counters={"registered": found.missing})


async def fan_in(run: Run, totals: Totals) -> Mapping[str, int]:
    """Return nothing more: planning has counted."""
    return {}
