"""Which jobs are there, and which one does a person mean by the beginning of an id?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from cli.errors import Failed, NotFound
from shared.documents.containers import JOBS
from shared.documents.port import Body, Condition, Documents

SUMMARY = (
    "id", "scope", "kind", "queue", "status", "generation", "attempts", "crashes", "createdAt", "updatedAt", "due",
    "endedAt", "firstFailedAt", "lastFailedAt", "occurrences", "reason",
)  # fmt: skip
"""The members of a record that lists show, null when absent."""

DETAIL = (*SUMMARY, "generationBegan", "claim", "payload", "raw", "message", "traceparent", "replays", "timeline")
"""The members that `show` shows: all but what only the runtime cares about."""

IS_JOB: Condition = ("raw", "exists", False)
"""Not the dead record of a body that is no job's."""

_LAST = "\U0010ffff"
_HASH = re.compile(r"[0-9a-f]{32,}")
_SHORT = 12


async def summaries(
    documents: Documents, where: Sequence[Condition], *, scope: str | None, newest_by: str, limit: int
) -> list[Body]:
    """Return the records for which all conditions hold, the newest by `newest_by` first."""
    found = documents.query(JOBS, partition=scope, where=where, order_by=f"-{newest_by}", select=SUMMARY, limit=limit)
    return [view(document.body, SUMMARY) async for document in found]


async def one(documents: Documents, start: str, *, scope: str | None = None, where: Sequence[Condition] = ()) -> Body:
    """Return the record whose id is or begins with `start`. Raises NotFound, or Failed when several do."""
    exact = documents.query(JOBS, partition=scope, where=[("id", "=", start), *where], limit=2)
    found = [document.body async for document in exact]
    if not found:
        beginning: list[Condition] = [("id", ">=", start), ("id", "<", start + _LAST)]
        found = [d.body async for d in documents.query(JOBS, partition=scope, where=[*beginning, *where], limit=6)]
    if not found:
        whose = f" of {scope!r}" if scope else ""
        raise NotFound(f"There is no such job or dead letter {start!r}{whose}. See: nightshift jobs list")
    if len(found) > 1:
        listed = ", ".join(f"{body['id']} (of {body['scope']})" for body in found[:5])
        raise Failed(f"{start!r} stands for several: {listed}. Give more of the id, or --user.")
    return found[0]


def short(id: str) -> str:
    """Return an id as tables show it: of a hash its beginning, which every command takes for it."""
    return id[:_SHORT] if _HASH.fullmatch(id) else id


def view(body: Body, members: Sequence[str]) -> dict[str, Any]:
    """Return those members of a record, null when absent."""
    return {name: body.get(name) for name in members}
