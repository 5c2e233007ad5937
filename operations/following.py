"""Following: what happens to jobs, as it happens, until they have ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from operations.actor import Actor, user_scope
from operations.explanations import Explanation, Surroundings, explained, surroundings
from operations.jobs import IS_JOB, job_named
from shared.config import Settings
from shared.documents.containers import JOBS
from shared.documents.port import Documents
from shared.errors import NotFound
from shared.jobs.record import LIVE, JobKey, Record
from shared.jobs.record_store import Records
from shared.masking import masked_json

_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """What is new about a job: its `events` since the last change, and why it isn't running now."""

    id: str
    scope: str
    kind: str
    status: str
    ended: bool
    events: tuple[dict[str, Any], ...]
    explanation: Explanation


async def follow(
    documents: Documents,
    settings: Settings,
    by: Actor,
    *,
    start: str | None = None,
    user: str | None = None,
    limit_seconds: float,
) -> AsyncIterator[Change]:
    """Yield what is known of a job (its id is or begins with `start`), then each change until it has ended.

    Without `start` all jobs of the user that haven't ended, also those that come meanwhile. Ends at the limit too.
    Raises NotFound, or Refused when several are meant.
    """
    by.require("reader", user_scope(user))
    records, loop = Records(documents), asyncio.get_running_loop()
    deadline = loop.time() + limit_seconds
    known: dict[JobKey, _Known] = {}
    followed = [await _named(documents, start, user)] if start is not None else await _open_jobs(documents, user)
    while followed:
        around = await surroundings(documents, settings)
        for key in followed:
            held = await records.get(key)
            if held is None:
                raise NotFound(f"Job {key.id!r} is gone.", code="job_not_found")
            now = _Known.of(held.record, around)
            if (change := now.change_since(known.get(key))) is not None:
                yield change
            known[key] = now
        if start is None:
            followed = list(dict.fromkeys([*followed, *await _open_jobs(documents, user)]))
        followed = [key for key in followed if key not in known or not known[key].record.ended]
        if not followed or loop.time() >= deadline:
            return
        await asyncio.sleep(min(_PAUSE_SECONDS, max(0.0, deadline - loop.time())))


@dataclass(frozen=True, slots=True)
class _Known:
    """A job as it was seen last."""

    record: Record
    explanation: Explanation

    @classmethod
    def of(cls, record: Record, around: Surroundings) -> _Known:
        return cls(record, explained(record, around))

    def change_since(self, before: _Known | None) -> Change | None:
        """Return what is new; None when nothing is that people would want to know."""
        record, told = self.record, self.explanation
        old = before.record.timeline if before else ()
        events = tuple(masked_json(event) for event in record.timeline if event not in old)
        is_told = before is not None and (before.explanation.code, before.explanation.gate) == (told.code, told.gate)
        if not events and is_told:
            return None
        return Change(record.key.id, record.key.scope, record.kind, record.status, record.ended, events, told)


async def _named(documents: Documents, start: str, user: str | None) -> JobKey:
    body = await job_named(documents, start, scope=user)
    return JobKey(body["scope"], body["id"])


async def _open_jobs(documents: Documents, user: str | None) -> list[JobKey]:
    live: Any = [IS_JOB, ("status", "in", list(LIVE))]
    found = documents.query(JOBS, partition=user, where=live, order_by="updatedAt", select=("id", "scope"), limit=1_000)
    return [JobKey(document.body["scope"], document.body["id"]) async for document in found]
