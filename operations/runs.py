"""Runs: which there are, opening one by hand, cancelling one, and watching one until it has ended.

A run is named ``digest|2026-W48``; ``digest/2026-W48`` says the same where ``|`` means something else, and ``digest``
alone is its latest run.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from operations import paging
from operations.actor import Actor, user_scope
from operations.answers import Page, read
from operations.explanations import Explanation, explained, surroundings
from operations.jobs import interventions
from shared import clock, users
from shared.config import Settings
from shared.documents.containers import JOBS, RUNS
from shared.documents.port import Body, Condition, Documents
from shared.errors import NotFound, UsageError
from shared.jobs.record import ENDED, LIVE, JobKey
from shared.jobs.record_store import Records
from shared.jobs.runs import job as run_job
from shared.jobs.runs import shards
from shared.jobs.runs.ledger import PHASES
from shared.jobs.runs.opening import Opened as Opened
from shared.jobs.runs.opening import open_run
from shared.jobs.scopes import of_run
from shared.masking import masked_json
from shared.services import Services

_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the ledger has it. Instants are texts, as stored; None stands for what there isn't."""

    id: str
    name: str
    slot: str
    slot_at: str | None
    n: int | None
    status: str
    phase: str | None
    trigger: str
    by: str
    planned: int | None
    shards: dict[str, int] | None
    counters: dict[str, int] | None
    durations: dict[str, float] | None
    opened_at: str | None
    planning_at: str | None
    running_at: str | None
    fan_in_at: str | None
    ended_at: str | None
    error: dict[str, str] | None
    covered_by: str | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.status not in (*PHASES, "missed")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: shards that have ended, of how many; its entry (None: no worker has seen it)."""

    ended: int
    shards: int
    run: Run | None


@dataclass(frozen=True, slots=True)
class CancelledRun:
    """A run that was cancelled."""

    id: str
    status: str


async def search(
    documents: Documents,
    by: Actor,
    *,
    name: str | None = None,
    state: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[Run]:
    """Return runs, those of the latest slots first, behind the page `after`. Raises UsageError when that names none."""
    by.require("reader")
    return await _paged(documents, [("status", "=", state)] if state else [], name, limit, after)


async def missed(
    documents: Documents,
    by: Actor,
    *,
    name: str | None = None,
    since: datetime | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[Run]:
    """Return the slots whose timer didn't fire, those caught up by a later run included, behind the page `after`."""
    by.require("reader")
    where: list[Condition] = [("status", "=", "missed")]
    if since is not None:
        where.append(("slotAt", ">=", clock.to_text(since)))
    return await _paged(documents, where, name, limit, after)


def check_name(settings: Settings, by: Actor, name: str) -> None:
    """Raise UsageError, which lists the known ones, when no run of that name is defined."""
    by.require("reader")
    from processors.catalogue import run_definitions

    run_definitions(settings).named(name)


async def get(documents: Documents, by: Actor, text: str) -> Run:
    """Return the run that `text` names; of one that hasn't ended with its shards as they are now. Raises NotFound."""
    by.require("reader")
    run = await _named(documents, text)
    if run.ended_at is None and run.status != "missed":
        return replace(run, shards=await shards.by_state(documents, run.id))
    return run


async def start(
    services: Services,
    by: Actor,
    name: str,
    *,
    slot: str | None = None,
    force: bool = False,
    user: str | None = None,
) -> Opened:
    """Open the run of a slot (default: the latest); with `force` though it has run before; for one `user` a new one.

    Raises UsageError for a run or slot that there isn't, for a slot that is yet to come, and for a run that isn't made
    user by user; NotFound for a user of whom nothing is kept.
    """
    by.require("operator", user_scope(user))
    from processors.catalogue import run_definitions

    definition = run_definitions(services.settings).named(name)
    if definition.schedule is not None:
        wanted = definition.slots.named(slot) if slot else definition.slots.latest(clock.now())
    elif slot is not None:
        wanted = definition.read(slot)
    else:
        raise UsageError(f"Run {name!r} has no schedule, so no latest slot: name one.", code="slot_unnamed")
    if user is not None and definition.by_user and not await users.is_known(services.documents, user):
        raise NotFound(f"Nothing is known of a user {user!r}.", code="user_not_found")
    only = users.key_of(user) if user is not None else None
    return await open_run(services, definition, wanted, trigger="manual", by=by.name, force=force, only=only)


async def watch(services: Services, by: Actor, opened: Opened, limit_seconds: float) -> AsyncIterator[Progress]:
    """Yield how far a run is, again and again until it has ended or the time is up."""
    by.require("reader")
    documents, key = services.documents, opened.key
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limit_seconds
    while True:
        # The job first: one that has ended has written the ledger. A failed run that is replayed goes on, and its job
        # says so before its next step writes the ledger.
        job = await Records(documents).get(key)
        document = await documents.get(RUNS, opened.name, opened.id)
        run = _view(document.body) if document else None
        states = await shards.by_state(documents, key.id)
        yield Progress(sum(states.get(state, 0) for state in ENDED), sum(states.values()), run)
        goes_on = job is not None and job.record.status in LIVE
        if run is not None and run.is_over and not goes_on:
            return
        if loop.time() >= deadline or (run is None and job is not None and job.record.ended):
            return
        await asyncio.sleep(min(_LOOK_SECONDS, max(0.0, deadline - loop.time())))


async def explain(services: Services, by: Actor, opened: Opened) -> Explanation | None:
    """Return why the job of a run isn't running, and when it will; None where no worker has made its record yet."""
    by.require("reader")
    held = await Records(services.documents).get(opened.key)
    return explained(held.record, await surroundings(services.documents, services.settings)) if held else None


async def find_job(documents: Documents, by: Actor, text: str) -> tuple[str, bool]:
    """Return the id of the job of the run that `text` names, and whether it has ended. Raises as `cancel` does."""
    by.require("reader")
    held = await Records(documents).get(_key_with_slot(text))
    if held is None:
        raise _not_cancellable(text)
    return held.record.key.id, held.record.ended


async def cancel(services: Services, by: Actor, text: str, *, why: str | None = None) -> CancelledRun:
    """End a run that hasn't ended, and every shard of it that hasn't.

    Raises UsageError when `text` names no slot, or when it has ended; NotFound when there is no such run.
    """
    by.require("operator")
    acting = interventions(services, by)
    held = await acting.records.get(_key_with_slot(text))
    if held is None:
        raise _not_cancellable(text)
    cancelled = await acting.cancel(held, why=why)
    return CancelledRun(cancelled.key.id, cancelled.status)


def names(settings: Settings) -> tuple[str, ...]:
    """Return the names of all runs that are defined."""
    from processors.catalogue import run_definitions

    return tuple(one.name for one in run_definitions(settings))


def shard_owner(run: str) -> str:
    """Return who owns the shards of a run, as lists of jobs take it."""
    return of_run(run)


async def entries(documents: Documents, where: Sequence[Condition], *, name: str | None, limit: int) -> list[Run]:
    """Return the entries for which all conditions hold, those of the latest slots first."""
    found = documents.query(RUNS, partition=name, where=where, order_by="-slotAt", limit=limit)
    return [_view(document.body) async for document in found]


async def _paged(
    documents: Documents, where: Sequence[Condition], name: str | None, limit: int, after: str | None
) -> Page[Run]:
    found, behind = await paging.read(
        documents, RUNS, newest_by="slotAt", partition=name, where=where, limit=limit, after=after
    )
    return Page(tuple(_view(document.body) for document in found), behind)


def _key_of(text: str) -> tuple[str, str]:
    """Return name and id that a text means; of a name alone the id is empty."""
    meant = text.replace("/", "|").rstrip("|")
    return meant.split("|")[0], meant if "|" in meant else ""


def _key_with_slot(text: str) -> JobKey:
    name, wanted = _key_of(text)
    if not wanted:
        raise UsageError(
            f"{name!r} has several runs: name one by its slot.", code="slot_missing", fields={"name": name}
        )
    return run_job.key(name, wanted)


def _not_cancellable(text: str) -> NotFound:
    return NotFound(f"There is no run {text!r} that could be cancelled.", code="run_not_found")


async def _named(documents: Documents, text: str) -> Run:
    name, wanted = _key_of(text)
    if wanted:
        document = await documents.get(RUNS, name, wanted)
        found = [_view(document.body)] if document else await _unseen(documents, name, wanted)
    else:
        found = await entries(documents, [("status", "!=", "missed")], name=name, limit=1)
    if not found:
        raise NotFound(f"There is no run {text!r} in the ledger.", code="run_not_found")
    return found[0]


def _view(body: Body) -> Run:
    return read(Run, masked_json(body))


async def _unseen(documents: Documents, name: str, run: str) -> list[Run]:
    """Return what is known of a run that no worker has begun: its job's."""
    key = run_job.key(name, run)
    job = await documents.get(JOBS, key.scope, key.id)
    payload = job.body.get("payload") if job else None
    if job is None or not payload or job.body["kind"] != "run":
        return []
    asked: Body = {member: payload.get(member) for member in ("name", "slot", "n", "trigger", "by")}
    known: dict[str, Any] = {"id": run, **asked, "status": job.body["status"], "openedAt": job.body["createdAt"]}
    return [_view(known)]
