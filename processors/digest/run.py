"""The digests' run: users in groups of 50, planned some thousands at a time."""

from __future__ import annotations

from collections.abc import Mapping

from processors.digest import outcomes, planning
from processors.digest.inputs import pseudonym
from processors.digest.kind import digest_kind
from processors.digest.schedule import SCHEDULE
from shared.blobs import DIGESTS as BLOBS
from shared.config import Settings
from shared.jobs.runs.definition import Page, Run, RunDefinition, Shard, Totals

NAME = "digest"
USERS_A_SHARD = 50
USERS_A_PAGE = 5_000


def digest_run(settings: Settings) -> RunDefinition:
    """Return the run `digest`."""
    return RunDefinition(
        name=NAME,
        timer="PluckItWeeklyDigest",
        schedule=SCHEDULE,
        slot_form="week",
        plan=plan,
        shard_kind=digest_kind,
        fan_in=fan_in,
        about="writes each user's digest of the week",
        catch_up="last",
    )


async def plan(run: Run, cursor: str | None) -> Page:
    """Plan the next users behind the cursor (part|of|user) and return the shards that have them.

    A shard is named by its first user, hashed, so that planning again gives the same ones.
    """
    documents = run.services.documents
    if cursor is None:
        await run.services.blobs.ensure(BLOBS)
        part, of, after = 0, await planning.parts(documents), ""
    else:
        first, second, after = cursor.split("|", 2)
        part, of = int(first), int(second)
    users = await planning.users(documents, part, of, after, USERS_A_PAGE)
    pairs = [(user, pseudonym(users[n - n % USERS_A_SHARD])) for n, user in enumerate(users)]
    shards = await outcomes.plan(documents, run.id, pairs)
    return Page([Shard(shard) for shard in sorted(shards)], _following(part, of, users))


async def fan_in(run: Run, totals: Totals) -> Mapping[str, int]:
    """Return how many users had each outcome."""
    return await outcomes.counted(run.services.documents, run.id)


def _following(part: int, of: int, users: list[str]) -> str | None:
    """Return the cursor of the next page: behind these users, or at the next part; None when this was the last."""
    if len(users) == USERS_A_PAGE:
        return f"{part}|{of}|{users[-1]}"
    return f"{part + 1}|{of}|" if part + 1 < of else None
