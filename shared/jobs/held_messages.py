"""Held messages: which messages does a gate hold back of which no record tells?

Those of plain kinds, and those that will begin a job, or a new generation of one. A gate leaves its messages invisible
until it is due, and a queue tells nobody which those are. So the worker that defers such a message notes its receipt:
with that, whoever opens the gate makes it visible (opening.py). A note is a courtesy: without it the message comes at
the time that it was deferred to.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import clock
from shared.documents.containers import HELD_MESSAGES
from shared.documents.port import Body, Condition, Documents
from shared.errors import PreconditionFailed
from shared.jobs.record import JobKey
from shared.queues.port import Delivery, Queues

NOTED_FROM = timedelta(minutes=1)
"""What waits for less comes by itself before anybody has opened the gate: a model's 429 must not cost a write each."""
_KEPT = timedelta(hours=1)
"""How long a note outlasts its message's wait."""
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """A message that a gate holds back until `until`, by its receipt; of a recorded kind also the `job` it asks for."""

    gate: str
    kind: str
    delivery: Delivery
    until: datetime
    job: JobKey | None = None


async def note(documents: Documents, held: HeldMessage) -> None:
    """Remember a message that was just deferred. Raises what the store raises."""
    delivery, left = held.delivery, held.until - clock.now()
    body: Body = {
        "id": delivery.id,
        "gate": held.gate,
        "kind": held.kind,
        "queue": delivery.queue,
        "receipt": delivery.pop_receipt,
        "dequeueCount": delivery.dequeue_count,
        "putAt": clock.to_text(delivery.put_at),
        "until": clock.to_text(held.until),
        "ttl": int((max(left, timedelta()) + _KEPT).total_seconds()),
        "schemaVersion": SCHEMA_VERSION,
    }
    if held.job is not None:
        body |= {"jobId": held.job.id, "scope": held.job.scope}
    await documents.upsert(HELD_MESSAGES, body)


async def of_gate(documents: Documents, gate: str) -> AsyncIterator[HeldMessage]:
    """Yield the messages that the gate holds back still."""
    coming: list[Condition] = [("until", ">", clock.text_now())]
    async for document in documents.query(HELD_MESSAGES, partition=gate, where=coming):
        yield _held(document.body)


async def count(
    documents: Documents, *, gate: str | None = None, scope: str | None = None, asking: bool = False
) -> int:
    """Return how many messages are held back of which no record tells; `asking`: only those that ask for a job."""
    where: list[Condition] = [("until", ">", clock.text_now())]
    if scope is not None:
        where.append(("scope", "=", scope))
    if asking:
        where.append(("jobId", "exists", True))
    return await documents.count(HELD_MESSAGES, partition=gate, where=where)


async def asking_for(documents: Documents, job_id: str, *, scope: str | None = None) -> HeldMessage | None:
    """Return a held message that asks for the job of that id; None when there is none."""
    where: list[Condition] = [("jobId", "=", job_id), ("until", ">", clock.text_now())]
    if scope is not None:
        where.append(("scope", "=", scope))
    async for document in documents.query(HELD_MESSAGES, where=where, limit=1):
        return _held(document.body)
    return None


async def release(documents: Documents, queues: Queues, held: HeldMessage) -> bool:
    """Make the message visible and forget it; return whether it was still held back.

    Raises Unavailable or Misconfigured when the queue or the store fails; the note stays then.
    """
    was_held = True
    try:
        await queues.postpone(held.delivery, timedelta())
    except PreconditionFailed:
        was_held = False  # it came by itself meanwhile
    document = await documents.get(HELD_MESSAGES, held.gate, held.delivery.id)
    if document is not None and document.body["receipt"] == held.delivery.pop_receipt:
        with suppress(PreconditionFailed):  # it was delivered, and noted anew
            await documents.delete(HELD_MESSAGES, held.gate, held.delivery.id, document.etag)
    return was_held


def _held(body: Body) -> HeldMessage:
    delivery = Delivery(
        body["queue"], b"", body["id"], body["receipt"], body["dequeueCount"], clock.parse(body["putAt"])
    )
    job = JobKey(body["scope"], body["jobId"]) if "jobId" in body else None
    return HeldMessage(body["gate"], body["kind"], delivery, clock.parse(body["until"]), job)
