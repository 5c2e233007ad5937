"""Outcomes of a run: who is to get a digest, and what came of it?

One document per (run, user) in container digestOutcomes: `planned` by the run's plan, then its outcome. They lie by run
and shard, so that no partition grows with the number of users. So no job's payload names a user, a shard goes on where
it was, and the run can count what came of all: each shard writes down its own counts when it is done.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from shared import clock
from shared.documents.compare_and_set import change, create_new
from shared.documents.containers import DIGEST_OUTCOMES
from shared.documents.ids import compound
from shared.documents.port import Body, Documents
from shared.errors import Conflict, NightshiftError, Transient
from shared.jobs.runs import shards

KEPT = timedelta(days=30)
AT_ONCE = 16

DigestOutcome = Literal["generated", "skipped_unchanged", "skipped_opt_out", "skipped_no_data", "failed"]
PLANNED = "planned"

_PAGES, _COUNTS = ("", "pages"), ("", "counts")
"""Beside a run's shards, which are named by hexadecimal digits: how its pages were parted; what its shards counted."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How a page of users is parted: the shards' `names`, each the beginning of its first user's key, and the key of
    the `last` user ('' when it goes to the end)."""

    names: Sequence[str]
    last: str


async def bounds(documents: Documents, run: str, page: str) -> Bounds | None:
    """Return how a page was parted when it was begun; None when it wasn't yet."""
    standing = await documents.get(DIGEST_OUTCOMES, _group(run, *_PAGES), _page_id(page))
    return Bounds(standing.body["names"], standing.body["last"]) if standing else None


async def bind(documents: Documents, run: str, page: str, parted: Bounds) -> Bounds:
    """Write down how a page is parted; return it. Raises Transient when another handling did it meanwhile."""
    body = _body(run, _PAGES, _page_id(page), names=list(parted.names), last=parted.last)
    try:
        await create_new(documents, DIGEST_OUTCOMES, body)
    except Conflict:
        raise Transient(f"Another handling plans {run}", code="planned_meanwhile", dependency="store") from None
    return parted


async def plan(documents: Documents, run: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Store (user, shard) pairs as planned. What came of a user that was planned before stays."""

    async def one(user: str, shard: str) -> None:
        body = _body(run, (shard,), user, userId=user, shard=shard, outcome=PLANNED, at=clock.text_now())
        with suppress(Conflict):
            await create_new(documents, DIGEST_OUTCOMES, body)

    for at in range(0, len(pairs), AT_ONCE):
        await asyncio.gather(*(one(*pair) for pair in pairs[at : at + AT_ONCE]))


async def waiting(documents: Documents, run: str, shard: str) -> AsyncIterator[str]:
    """Yield the users of a shard whose digest is still to be made."""
    query = documents.query(
        DIGEST_OUTCOMES, partition=_group(run, shard), where=[("outcome", "=", PLANNED)], select=["userId"]
    )
    async for document in query:
        yield document.body["userId"]


async def settle(
    documents: Documents,
    run: str,
    shard: str,
    user: str,
    outcome: DigestOutcome,
    error: NightshiftError | None = None,
    *,
    mail: str | None = None,
) -> None:
    """Store what came of a user, and of the mail if one could be sent. The first word stands."""

    def made(standing: Body | None) -> Body | None:
        if standing is None or standing["outcome"] != PLANNED:
            return None  # forgotten meanwhile, or settled by another handling
        settled = {**standing, "outcome": outcome, "at": clock.text_now(), **({"mail": mail} if mail else {})}
        if error is None:
            return settled
        return {**settled, "error": {"class": type(error).__name__, "code": error.code, "message": str(error)[:500]}}

    await change(documents, DIGEST_OUTCOMES, _group(run, shard), user, made)


async def conclude(documents: Documents, run: str, shard: str) -> bool:
    """Write down how many of a shard's users have each outcome; return False when some have none yet."""
    counts = await _counts_of(documents, run, shard)
    if counts[PLANNED]:
        return False
    with suppress(Conflict):  # what came of a user doesn't change any more: the same stands there
        await create_new(documents, DIGEST_OUTCOMES, _body(run, _COUNTS, shard, counts=dict(counts)))
    return True


async def counted(documents: Documents, run: str, *, some_failed: bool) -> dict[str, int]:
    """Return how many users have each outcome, and mails theirs (`mail_`): one document a shard is read for that.

    When `some_failed`, the users of shards that didn't complete count as they are, as `failed` whom they never came to.
    """
    found = Counter(generated=0, failed=0)
    query = documents.query(DIGEST_OUTCOMES, partition=_group(run, *_COUNTS), select=["counts"])
    async for document in query:
        found.update(document.body["counts"])
    if some_failed:
        async for shard in shards.failed(documents, run):
            if await documents.get(DIGEST_OUTCOMES, _group(run, *_COUNTS), shard) is None:
                found.update(await _counts_of(documents, run, shard))
    found["failed"] += found.pop(PLANNED, 0)
    return dict(found)


async def _counts_of(documents: Documents, run: str, shard: str) -> Counter[str]:
    query = documents.query(DIGEST_OUTCOMES, partition=_group(run, shard), select=["outcome", "mail"])
    counts = Counter[str]()
    async for document in query:
        counts[document.body["outcome"]] += 1
        if mail := document.body.get("mail"):
            counts[f"mail_{mail}"] += 1
    return counts


def _group(run: str, *parts: str) -> str:
    """Return the partition of a run's shard, or (two parts, the first empty) of what is kept for the whole run.

    A part that holds a ``|`` is hashed, so no shard that a message made up meets another run's, or a whole run's.
    """
    return "|".join([run, *map(compound, parts)])


def _page_id(page: str) -> str:
    return page or "first"


def _body(run: str, group: Sequence[str], id: str, **members: Any) -> Body:
    of_all = {"runId": run, "schemaVersion": 2, "ttl": int(KEPT.total_seconds())}
    return {"id": id, "group": _group(run, *group), **of_all, **members}
