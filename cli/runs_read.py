"""Which runs are there, and which one does a person mean?

A run is named ``digest|2026-W48``; since a shell takes ``|`` for itself, ``digest/2026-W48`` says the same, and
``digest`` alone is its latest run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cli.errors import NotFound
from shared.documents.containers import JOBS, RUNS
from shared.documents.port import Body, Condition, Documents

MEMBERS = (
    "id", "name", "slot", "slotAt", "n", "status", "phase", "trigger", "by", "planned", "shards", "counters",
    "durations", "openedAt", "planningAt", "runningAt", "fanInAt", "endedAt", "error", "coveredBy",
)  # fmt: skip
"""The members of an entry that commands show, null when absent."""


def key_of(text: str) -> tuple[str, str]:
    """Return name and id that a person's text means; of a name alone the id is empty."""
    meant = text.replace("/", "|").rstrip("|")
    return meant.split("|")[0], meant if "|" in meant else ""


async def entries(
    documents: Documents, where: Sequence[Condition], *, name: str | None, limit: int
) -> list[dict[str, Any]]:
    """Return the entries for which all conditions hold, those of the latest slots first."""
    found = documents.query(RUNS, partition=name, where=where, order_by="-slotAt", limit=limit)
    return [view(document.body) async for document in found]


async def one(documents: Documents, text: str) -> dict[str, Any]:
    """Return the entry that a person means. Raises NotFound."""
    name, wanted = key_of(text)
    if wanted:
        document = await documents.get(RUNS, name, wanted)
        found = [view(document.body)] if document else await _unseen(documents, name, wanted)
    else:
        found = await entries(documents, [("status", "!=", "missed")], name=name, limit=1)
    if not found:
        raise NotFound(f"There is no run {text!r} in the ledger. See: nightshift runs list")
    return found[0]


async def _unseen(documents: Documents, name: str, run: str) -> list[dict[str, Any]]:
    """Return what is known of a run that no worker has begun: its job's."""
    job = await documents.get(JOBS, name, run)
    payload = job.body.get("payload") if job else None
    if job is None or not payload or job.body["kind"] != "run":
        return []
    asked = {member: payload.get(member) for member in ("name", "slot", "n", "trigger", "by")}
    return [view({"id": run, **asked, "status": job.body["status"], "openedAt": job.body["createdAt"]})]


def view(body: Body) -> dict[str, Any]:
    """Return an entry as commands print it."""
    return {name: body.get(name) for name in MEMBERS}
