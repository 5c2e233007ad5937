"""The digests' run: users in groups of 50, planned some thousands at a time.

It may only go by the registrations when every user was found once. So where no reconcile has ever come to its end, on a
new deployment, the run does that first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from processors.digest import outcomes, planning
from processors.digest.schedule import SCHEDULE
from shared import users
from shared.blobs.containers import DIGESTS as BLOBS
from shared.config import Settings
from shared.jobs.kinds import Kind
from shared.jobs.runs.definition import Page, Run, RunDefinition, Shard, Totals

NAME = "digest"
USERS_A_SHARD = 50
USERS_A_PAGE = 5_000

_RECONCILING, _PLANNING = "reconcile", "plan"
"""What a cursor begins with: behind it is how far reconciling came, or the key of the last planned user."""


def digest_run(settings: Settings, kind_of: Callable[[Settings], Kind]) -> RunDefinition:
    """Return the run `digest`, whose shards are of the kind that `kind_of` returns."""
    return RunDefinition(
        name=NAME,
        timer="PluckItWeeklyDigest",
        schedule=SCHEDULE,
        slot_form="week",
        plan=plan,
        shard_kind=kind_of,
        fan_in=fan_in,
        about="writes each user's digest of the week",
        catch_up="last",
        by_user=True,
    )


async def plan(run: Run, cursor: str | None) -> Page:
    """Plan the next users behind the cursor and return the shards that have them."""
    documents = run.services.documents
    if run.only is not None:
        await run.services.blobs.ensure(BLOBS)
        return Page(map(Shard, (await planning.of_one(documents, run.id, run.only)).shards))
    phase, _, after = (cursor or "").partition("|")
    if cursor is None:
        await run.services.blobs.ensure(BLOBS)
        phase = _PLANNING if await users.is_reconciled(documents) else _RECONCILING
    if phase == _RECONCILING:
        found = await users.reconcile(documents, after or None)
        following = f"{_PLANNING}|" if found.after is None else f"{_RECONCILING}|{found.after}"
        return Page(after=following, counters={"registered": found.missing} if found.missing else {})
    planned = await planning.page(documents, run.id, after, most=USERS_A_PAGE, a_group=USERS_A_SHARD)
    return Page(map(Shard, planned.shards), None if planned.after is None else f"{_PLANNING}|{planned.after}")


async def fan_in(run: Run, totals: Totals) -> Mapping[str, int]:
    """Return how many users had each outcome."""
    return await outcomes.counted(run.services.documents, run.id, some_failed=totals.failed > 0)
