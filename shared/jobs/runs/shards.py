"""Shards: what is one, how does it get into its queue, and how many of a run's are done?

A shard is a recorded job of the workload's own queue, with the run as its scope. Its id is given by the plan, so that
planning it again finds it there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from pydantic import BaseModel, Field

from shared import clock, skew
from shared.documents.compare_and_set import contended, in_rounds
from shared.documents.containers import JOBS
from shared.documents.port import Documents
from shared.errors import Unavailable
from shared.jobs import scopes, transitions
from shared.jobs.kinds import Aftermath, Handler, Kind, Policy
from shared.jobs.messages import BadMessage
from shared.jobs.producer import Producer
from shared.jobs.record import ENDED, LIVE, JobKey, from_body
from shared.jobs.record_store import Held, Records
from shared.jobs.runs.definition import TOLERANCE, Shard
from shared.jobs.runs.slots import not_before

AT_ONCE = 16
"""Shards that are enqueued, or cancelled, at the same time."""
FOREVER = timedelta(days=400)
"""A completed shard isn't done again in its run, however late its message comes."""


class ShardJob(BaseModel):
    """The payload of a shard. A workload whose shards say more makes a subclass."""

    run: str = Field(min_length=1)
    shard: str = Field(min_length=1)


def key_of(payload: ShardJob) -> JobKey:
    """Return which job a shard's payload speaks of."""
    return JobKey(scopes.of_run(payload.run), payload.shard)


def slot_begin(payload: ShardJob) -> datetime | None:
    """Return when the slot of a shard's run begins; None when its run names no slot."""
    _, _, rest = payload.run.partition("|")
    return not_before(rest.partition("|")[0])


def settle(payload: ShardJob, put_at: datetime) -> ShardJob:
    """Return the payload as it is. Raises BadMessage `slot_not_due` when the run's slot is yet to come.

    Such a shard, done now with nothing planned, would count as done once its run plans it.
    """
    begins = slot_begin(payload)
    if begins is None or begins <= clock.now() + TOLERANCE + skew.MAX_APART:
        return payload
    text = f"Run {payload.run} is yet to come, not before {clock.to_text(begins)}: it plans its shards itself."
    raise BadMessage(text, code="slot_not_due", places=[{"at": "run", "problem": text}])


def shard_kind(
    name: str,
    queue: str,
    handler: Handler,
    *,
    model: type[ShardJob] = ShardJob,
    policy: Policy | None = None,
    dependencies: tuple[str, ...] = (),
    aftermath: Aftermath | None = None,
) -> Kind:
    """Return a kind whose jobs are shards of runs."""
    policy = policy or Policy(completed_window=FOREVER)
    return Kind(
        name=name,
        queue=queue,
        model=model,
        handler=handler,
        identify=key_of,
        settle=settle,
        policy=policy,
        dependencies=dependencies,
        aftermath=aftermath,
    )


async def enqueue(producer: Producer, kind: Kind, run: str, shards: Iterable[Shard], *, by: str) -> int:
    """Enqueue the shards that have no record yet, a few at a time; return how many there were in all."""

    async def one(shard: Shard) -> None:
        await producer.enqueue(kind, {**shard.members, "run": run, "shard": shard.id}, by=by, only_new=True)

    return await _each(shards, one)


async def by_state(documents: Documents, run: str) -> dict[str, int]:
    """Return how many of a run's shards are in each state; states without any are left out.

    These are counts one beside the other: a shard that moves meanwhile may be in two of them, or in none. They are sure
    once all have ended (`still_open`).
    """
    states = (*LIVE, *ENDED)
    counts = await asyncio.gather(
        *(documents.count(JOBS, partition=scopes.of_run(run), where=[("status", "=", state)]) for state in states)
    )
    return {state: count for state, count in zip(states, counts, strict=True) if count}


async def count(documents: Documents, run: str) -> int:
    """Return how many shards a run has."""
    return await documents.count(JOBS, partition=scopes.of_run(run))


async def still_open(documents: Documents, run: str) -> int:
    """Return how many of a run's shards haven't ended."""
    return await documents.count(JOBS, partition=scopes.of_run(run), where=[("status", "in", list(LIVE))])


async def failed(documents: Documents, run: str) -> AsyncIterator[str]:
    """Yield the shards of a run that ended otherwise than by completing."""
    others = [state for state in ENDED if state != "completed"]
    async for document in documents.query(
        JOBS, partition=scopes.of_run(run), where=[("status", "in", others)], select=["id"]
    ):
        yield document.body["id"]


async def cancel_open(documents: Documents, run: str, *, by: str) -> int:
    """Cancel the shards of a run that haven't ended; return how many that were."""
    records = Records(documents)
    query = documents.query(JOBS, partition=scopes.of_run(run), where=[("status", "in", list(LIVE))])
    found = [Held(from_body(document.body), document.etag) async for document in query]

    async def one(held: Held) -> None:
        known: Held | None = held

        async def cancelled() -> None:
            nonlocal known
            shard, known = known or await records.get(held.record.key), None
            if shard is not None and not shard.record.ended:
                why = f"run {run} was cancelled"
                await records.replace(shard, transitions.ended_by(shard.record, "cancelled", by=by, why=why))

        await in_rounds(cancelled, contended(JOBS, held.record.key.id, Unavailable))

    return await _each(found, one)


async def _each(things: Iterable[Any], work: Callable[[Any], Awaitable[None]]) -> int:
    """Await `work` for each of `things`, a few at once; return how many. Raises the first error."""
    count, rest = 0, iter(things)
    while batch := list(islice(rest, AT_ONCE)):
        done = await asyncio.gather(*map(work, batch), return_exceptions=True)
        for error in done:
            if isinstance(error, BaseException):
                raise error
        count += len(batch)
    return count
