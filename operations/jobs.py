"""Jobs: which there are, what is known of one, cancelling, and waking those that nobody woke."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from operations import paging
from operations.actor import Actor, user_scope
from operations.answers import Page, members, page, read
from operations.explanations import Explanation, Surroundings, explained, surroundings
from shared import clock
from shared.config import Settings
from shared.documents.containers import JOBS
from shared.documents.port import Body, Condition, Documents
from shared.errors import NotFound, Refused
from shared.jobs import held_messages, messages
from shared.jobs.gates import Gates
from shared.jobs.interventions import Interventions
from shared.jobs.record import LIVE, JobKey, from_body
from shared.jobs.record_store import Records
from shared.jobs.rescue import Rescue
from shared.masking import masked, masked_json
from shared.services import Services

IS_JOB: Condition = ("raw", "exists", False)
"""Not the dead record of a body that is no job's."""

_EXPLAINING = ("generationBegan", "claim", "rescueAt", "message", "payload", "timeline")
"""What else a record is explained by."""
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class JobSummary:
    """What lists say of a job or dead letter. Instants are texts, as stored; None stands for what there isn't."""

    id: str
    scope: str
    kind: str
    queue: str
    status: str
    generation: int
    attempts: int
    crashes: int
    created_at: str
    updated_at: str
    due: str | None
    ended_at: str | None
    first_failed_at: str | None
    last_failed_at: str | None
    occurrences: int | None
    reason: dict[str, Any] | None

    @property
    def is_live(self) -> bool:
        """Whether it hasn't ended."""
        return self.status in LIVE


@dataclass(frozen=True, slots=True)
class ListedJob(JobSummary):
    """A job, and why it isn't running."""

    explanation: Explanation


@dataclass(frozen=True, slots=True)
class JobDetail(JobSummary):
    """All that is known of a job but what only the runtime cares about."""

    generation_began: str | None
    claim: dict[str, Any] | None
    payload: dict[str, Any] | None
    raw: str | None
    message: dict[str, Any] | None
    traceparent: str | None
    replays: list[str] | None
    timeline: list[dict[str, Any]] | None


@dataclass(frozen=True, slots=True)
class ShownJob(JobDetail):
    """All that is known of a job, and why it isn't running."""

    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A job that was cancelled."""

    id: str
    scope: str
    status: str


@dataclass(frozen=True, slots=True)
class Woken:
    """A job that was, or would be, woken, and how long it was overdue."""

    id: str
    scope: str
    kind: str
    status: str
    generation: int
    overdue_seconds: int


async def search(
    documents: Documents,
    settings: Settings,
    by: Actor,
    *,
    state: str | None = None,
    kind: str | None = None,
    user: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[ListedJob]:
    """Return jobs, the last changed first, each with why it isn't running; those behind the page `after`.

    Raises UsageError for an unknown kind, and when `after` names no page.
    """
    by.require("reader", user_scope(user))
    where: list[Condition] = [IS_JOB]
    if state is not None:
        where.append(("status", "=", state))
    if kind is not None:
        from processors.catalogue import registry

        where.append(("kind", "=", registry(settings).named(kind).name))
    around = await surroundings(documents, settings)
    select = (*members(JobSummary), *_EXPLAINING)
    found, behind = await paging.read(
        documents, JOBS, newest_by="updatedAt", partition=user, where=where, select=select, limit=limit, after=after
    )
    return Page(tuple(read(ListedJob, _explained(document.body, around)) for document in found), behind)


async def get(documents: Documents, settings: Settings, by: Actor, start: str, *, user: str | None = None) -> ShownJob:
    """Return the job whose id is or begins with `start`, secrets of addresses masked, and why it isn't running.

    Raises what `job_named` raises.
    """
    by.require("reader", user_scope(user))
    body = await job_named(documents, start, scope=user)
    return read(ShownJob, _explained(shown(body), await surroundings(documents, settings)))


async def count_unrecorded(documents: Documents, by: Actor, *, user: str | None = None) -> int:
    """Return how many messages gates hold back that will begin a job: lists don't have those yet."""
    by.require("reader", user_scope(user))
    return await held_messages.count(documents, scope=user, asking=True)


async def cancel(
    services: Services, by: Actor, start: str, *, user: str | None = None, why: str | None = None
) -> Cancelled:
    """End a job that hasn't ended. Raises NotFound, Refused when several are meant, UsageError when it has ended."""
    by.require("operator", user_scope(user))
    body = await record_named(services.documents, start, scope=user)
    acting = interventions(services, by)
    held = await acting.records.get(JobKey(body["scope"], body["id"]))
    if held is None:
        raise NotFound(f"Job {start!r} is gone.", code="job_not_found")
    cancelled = await acting.cancel(held, why=why)
    return Cancelled(cancelled.key.id, cancelled.key.scope, cancelled.status)


async def wake_overdue(services: Services, by: Actor, *, dry_run: bool = False) -> Page[Woken]:
    """Send the message of every overdue job again, as RescueJobs does; with `dry_run` only say which."""
    by.require("reader" if dry_run else "operator")
    from processors.catalogue import registry

    documents = services.documents
    rescue = Rescue(Records(documents), services.queues, Gates(documents), registry(services.settings))
    return page(
        Woken(
            one.record.key.id,
            one.record.key.scope,
            one.record.kind,
            one.record.status,
            one.record.generation,
            round(one.overdue.total_seconds()),
        )
        for one in await rescue.run(dry_run=dry_run)
    )


def kinds(settings: Settings) -> tuple[str, ...]:
    """Return the names of all kinds of job, sorted."""
    from processors.catalogue import registry

    return tuple(sorted(kind.name for kind in registry(settings)))


def interventions(services: Services, by: Actor) -> Interventions:
    """Return the operators' side of the queue runtime, acting as `by`."""
    from processors import catalogue

    return catalogue.interventions(services, by.name)


def shown(record: Body) -> Body:
    """Return a record's document as it may be shown: the secrets of addresses masked, in a message's body too."""
    found: Body = masked_json(record)
    if record.get("raw") is None:
        return found
    sent = base64.b64decode(record["raw"])
    said = messages.unwrapped(sent)
    text = text_of(said)
    if masked(text) == text:
        return found
    clean = masked(text).encode()
    return {**found, "raw": base64.b64encode(clean if said is sent else base64.b64encode(clean)).decode()}


def text_of(body: bytes) -> str:
    """Return a body as text, whatever its bytes."""
    return body.decode("utf-8", "backslashreplace")


async def job_named(documents: Documents, start: str, *, scope: str | None = None) -> Body:
    """Return the record whose id is or begins with `start`.

    Raises NotFound, which says so if a gate holds back the message that asks for it; or Refused when several are meant.
    """
    try:
        return await record_named(documents, start, scope=scope)
    except NotFound:
        held = await held_messages.asking_for(documents, start, scope=scope)
        if held is None:
            raise
        raise NotFound(
            f"There is no job {start!r} yet: gate {held.gate} holds back its message until "
            f"{clock.to_text(held.until)}.",
            code="job_held_back",
            fields={"gate": held.gate},
        ) from None


def _explained(body: Body, around: Surroundings) -> Body:
    return {**body, "explanation": explained(from_body(body), around)}


async def record_named(
    documents: Documents, start: str, *, scope: str | None = None, where: Sequence[Condition] = ()
) -> Body:
    """Return the record whose id is or begins with `start`, in which ``/`` may stand for ``|``.

    Raises NotFound, or Refused when several are meant.
    """
    found = await _beginning_with(documents, start, scope, where)
    if not found and "/" in start:
        found = await _beginning_with(documents, start.replace("/", "|"), scope, where)
    if not found:
        whose = f" of {scope!r}" if scope else ""
        raise NotFound(f"There is no such job or dead letter {start!r}{whose}.", code="job_not_found")
    if len(found) > 1:
        listed = ", ".join(f"{body['id']} (of {body['scope']})" for body in found[:5])
        raise Refused(f"{start!r} stands for several: {listed}.", code="job_ambiguous")
    return found[0]


async def _beginning_with(
    documents: Documents, start: str, scope: str | None, where: Sequence[Condition]
) -> list[Body]:
    """Return the records whose id is `start`; when there is none, some of those whose id begins with it."""
    exact = documents.query(JOBS, partition=scope, where=[("id", "=", start), *where], limit=2)
    found = [document.body async for document in exact]
    if found:
        return found
    beginning: list[Condition] = [("id", ">=", start), ("id", "<", start + _LAST)]
    return [one.body async for one in documents.query(JOBS, partition=scope, where=[*beginning, *where], limit=6)]
