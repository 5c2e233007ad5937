"""Who is to get a digest in a run, and what came of it?

One document per (run, user) in container digestOutcomes: `planned` by the run's plan with the shard that does it, then
its outcome. So no job's payload names a user, a shard goes on where it was, and the run can count what came of all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from typing import Literal

from shared import clock
from shared.documents.compare_and_set import change
from shared.documents.containers import DIGEST_OUTCOMES
from shared.documents.port import Body, Documents
from shared.errors import Conflict, NightshiftError

KEPT = timedelta(days=30)
AT_ONCE = 16

Outcome = Literal["generated", "skipped_unchanged", "skipped_opt_out", "skipped_no_data", "failed"]
OUTCOMES: tuple[Outcome, ...] = ("generated", "skipped_unchanged", "skipped_opt_out", "skipped_no_data", "failed")
PLANNED = "planned"


async def plan(documents: Documents, run: str, users: Iterable[tuple[str, str]]) -> set[str]:
    """Store (user, shard) pairs as planned; return the shards that have them. A user that is planned already stays."""
    pairs, shards = list(users), set[str]()

    async def one(user: str, shard: str) -> str:
        body = {
            "id": user,
            "runId": run,
            "userId": user,
            "shard": shard,
            "outcome": PLANNED,
            "at": clock.text_now(),
            "schemaVersion": 1,
            "ttl": int(KEPT.total_seconds()),
        }
        try:
            await documents.create(DIGEST_OUTCOMES, body)
        except Conflict:
            standing = await documents.get(DIGEST_OUTCOMES, run, user)
            return str(standing.body["shard"]) if standing else shard
        return shard

    for at in range(0, len(pairs), AT_ONCE):
        shards.update(await asyncio.gather(*(one(*pair) for pair in pairs[at : at + AT_ONCE])))
    return shards


async def waiting(documents: Documents, run: str, shard: str) -> AsyncIterator[str]:
    """Yield the users of a shard whose digest is still to be made."""
    query = documents.query(
        DIGEST_OUTCOMES, partition=run, where=[("shard", "=", shard), ("outcome", "=", PLANNED)], select=["userId"]
    )
    async for document in query:
        yield document.body["userId"]


async def settle(
    documents: Documents, run: str, user: str, outcome: Outcome, error: NightshiftError | None = None
) -> None:
    """Store what came of a user. The first word stands."""

    def made(standing: Body | None) -> Body | None:
        if standing is None or standing["outcome"] != PLANNED:
            return None  # forgotten meanwhile, or settled by another handling
        settled = {**standing, "outcome": outcome, "at": clock.text_now()}
        if error is None:
            return settled
        return {**settled, "error": {"class": type(error).__name__, "code": error.code, "message": str(error)[:500]}}

    await change(documents, DIGEST_OUTCOMES, run, user, made)


async def counted(documents: Documents, run: str) -> dict[str, int]:
    """Return how many users have each outcome; `failed` counts those too whose shard never came to them."""
    states = (*OUTCOMES, PLANNED)
    counts = await asyncio.gather(
        *(documents.count(DIGEST_OUTCOMES, partition=run, where=[("outcome", "=", state)]) for state in states)
    )
    found = dict(zip(states, counts, strict=True))
    found["failed"] += found.pop(PLANNED)
    return {state: count for state, count in found.items() if count or state in ("generated", "failed")}
