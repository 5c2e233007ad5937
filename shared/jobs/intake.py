"""Intake of the rest: what becomes of a message that is no job's?

A body that doesn't decode or validate, a plain message that failed for good, and a message the host gave up on become
dead records: seen by `dead-letters list`, never logged and dropped.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared import clock
from shared.documents.compare_and_set import contended, in_rounds
from shared.documents.containers import JOBS
from shared.errors import NightshiftError, Permanent, Unavailable
from shared.jobs import aftermath, decide, messages, scopes, transitions
from shared.jobs.kinds import Kind
from shared.jobs.outcome import Outcome
from shared.jobs.record import JobKey, Record
from shared.jobs.record_store import Records
from shared.jobs.trust import trusted
from shared.queues.port import Delivery
from shared.telemetry import signals


class Intake:
    """Makes dead records of what can't be worked on."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def bury(self, kind: Kind, delivery: Delivery, error: Exception) -> Outcome:
        """Make (or count once more) the dead record of a body, id = hash(queue, body). It touches no other record."""
        queue = kind.queue
        digest = hashlib.sha256(queue.encode() + b"\0" + delivery.body).hexdigest()
        key = JobKey(scopes.of_queue(queue), digest)
        reason = transitions.reason_of(kind.name, error)
        now = clock.now()
        seen = {"id": delivery.id, "putAt": clock.to_text(delivery.put_at), "dequeueCount": delivery.dequeue_count}

        async def buried() -> None:
            held = await self._records.get(key)
            if held is None:
                fresh = Record(
                    key, kind.name, queue, "queued", now, now, generation_began=now, message=seen, occurrences=1,
                    raw=base64.b64encode(delivery.body).decode(),
                )  # fmt: skip
                await self._records.create(transitions.dead(fresh, reason), counted=kind.recorded)
            elif held.record.status == "dead" and (held.record.message or {}).get("id") == delivery.id:
                pass  # the same message again: its first ending was lost on the way
            else:
                again = replace(held.record, message=seen, occurrences=(held.record.occurrences or 0) + 1)
                await self._records.replace(held, transitions.dead(again, reason), counted=kind.recorded)

        try:
            await in_rounds(buried, contended(JOBS, digest, Unavailable))
        except Permanent as unstorable:
            raise _unstorable(digest, unstorable) from unstorable
        return Outcome("dead", kind.name, digest, error_class=type(error).__name__, code=reason.code)

    async def host_gave_up(self, kind: Kind, delivery: Delivery, told: signals.Delivery = signals.UNTOLD) -> Outcome:
        """Decide on a copy in the poison queue (docs/protocol.md, Poison queue); `delivery.queue` is the poison queue.

        Returns an outcome with a wait when a claim isn't over: the copy must come back.
        """
        try:
            message = messages.read(kind, delivery.body)
            told.began(message.traceparent)
            payload = kind.settle(message.payload, delivery.put_at)
        except messages.BadMessage as error:
            return await self.bury(kind, delivery, error)
        gave_up = NightshiftError("The host gave up on its message", code="host_gave_up", dependency="host")
        if not kind.recorded:
            return await self.bury(kind, delivery, gave_up)
        key = kind.key_of(payload)
        try:
            return await in_rounds(
                lambda: self._ended_by_host(kind, delivery, message, payload, gave_up),
                contended(JOBS, key.id, Unavailable),
            )
        except Permanent as error:  # the store can't keep this payload
            return await self.bury(kind, delivery, error)

    async def _ended_by_host(
        self, kind: Kind, delivery: Delivery, message: messages.Message, payload: Any, gave_up: NightshiftError
    ) -> Outcome:
        """Make the job's record dead where the copy says so. Raises Conflict or PreconditionFailed when others came."""
        key, reason = kind.key_of(payload), transitions.reason_of(kind.name, gave_up)
        held = await self._records.get(key)
        if held is not None and not held.record.is_job_of(kind.name):
            return await self.bury(kind, delivery, messages.id_taken(kind, key))
        if not decide.is_known(message.generation, held.record if held else None):
            return await self.bury(kind, delivery, messages.generation_unknown(kind, key, message.generation))
        if held is None:
            now, generation = clock.now(), message.generation or 0
            kept = messages.stored(kind, payload)
            unseen = Record(key, kind.name, kind.queue, "queued", now, now, generation, now, payload=kept)
            dead = transitions.dead(unseen, reason)
            await self._records.create(dead)
            await aftermath.follow(kind, self._records.documents, dead)
            return Outcome("dead", kind.name, key.id, generation, code=reason.code)
        record = trusted(held.record, kind.policy, clock.now())
        number = record.generation if message.generation is None else message.generation
        outdated = (
            message.generation is None
            and record.generation_began is not None
            and delivery.put_at < record.generation_began
        )
        if record.generation > number or outdated or (record.ended and number <= record.generation):
            if message.generation is None and await self._asked_since(kind, record, payload):
                return await self.bury(kind, delivery, gave_up)
            return Outcome("ended", kind.name, key.id, record.generation, why="out of date")
        if record.claim is not None and record.claim.until > clock.now():
            wait = max(record.claim.until - clock.now(), timedelta())
            return Outcome("deferred", kind.name, key.id, record.generation, why="claimed", wait=wait)
        if number > record.generation:
            record = replace(record, payload=messages.stored(kind, payload))
        dead = transitions.dead(record, reason, generation=number)
        await self._records.replace(held, dead)
        await aftermath.follow(kind, self._records.documents, dead)
        return Outcome("dead", kind.name, key.id, number, code=reason.code)

    async def _asked_since(self, kind: Kind, record: Record, payload: Any) -> bool:
        """Return whether a copy of a completed job may ask later than what another job left of its thing (latest.py).

        When it doesn't say so itself, the copy's own time is taken, which is later than the message's was. So what
        stands is left as it is, and whoever reads the dead letter decides.
        """
        if kind.latest is None or record.status != "completed":
            return False
        standing = await kind.latest.standing(self._records.documents, payload)
        asked = messages.stored(kind, payload)[kind.latest.member]
        return standing is None or (standing.job_id != record.key.id and standing.instant < asked)


def _unstorable(id: str, error: Permanent) -> Unavailable:
    """Return the error that leaves a message in its queue when not even its dead record can be stored."""
    return Unavailable(f"The dead record {id!r} can't be stored: {error}", code=error.code, dependency="store")
