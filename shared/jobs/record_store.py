"""Access to job records: how is one read and changed?

Each change is one replace-if-match that also checks the claim's token. When its answer is lost it is repeated, and a
record that already shows the change under the own write id counts as done.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.documents.compare_and_set import contended, in_rounds, taken
from shared.documents.containers import JOBS
from shared.documents.port import Body, Document, Documents
from shared.errors import Conflict, PreconditionFailed, Unavailable
from shared.jobs import ended_events
from shared.jobs.record import JobKey, Record, from_body, to_body

_REPEATS = 2
_PAUSE_SECONDS = 0.2
"""Between repeats of a write whose answer was lost; a store that stays away longer defers the message."""


class ClaimLost(Exception):
    """The record is no longer claimed under the own token: whoever lost it writes nothing more."""


@dataclass(frozen=True, slots=True)
class Held:
    """A record as it was read or written, and the ETag of exactly that version."""

    record: Record
    etag: str


class Exists(Conflict):
    """Another writer's record is there: `held`, as it was read then."""

    def __init__(self, key: JobKey, held: Held) -> None:
        super().__init__(f"There is a record of job {key.id} in {key.scope} already", dependency="store")
        self.held = held


class Records:
    """The records of all jobs."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents

    async def get(self, key: JobKey) -> Held | None:
        """Return the job's record, or None."""
        return _held(await self.documents.get(JOBS, key.scope, key.id))

    async def create(self, record: Record, *, counted: bool = True) -> Held:
        """Store a new record. Raises Exists, with what stands, when another writer's is there.

        One that has ended counts as an ended job, unless it isn't to be `counted`: it is of a kind without records.
        Raises Permanent (``id_taken``) when none can be read and yet its place isn't free.
        """
        body = to_body(record, secrets.token_hex(8))
        return await self._told_and_written(record, body, lambda: self.documents.create(JOBS, body), counted=counted)

    async def replace(self, held: Held, record: Record, *, counted: bool = True) -> Held:
        """Store `record` over the version `held`. Raises PreconditionFailed when another writer was there first.

        `counted` is as of `create`.
        """
        body = to_body(record, secrets.token_hex(8))
        return await self._told_and_written(
            record, body, lambda: self.documents.replace(JOBS, body, held.etag), counted=counted
        )

    async def _told_and_written(
        self, record: Record, body: Body, write: Callable[[], Awaitable[Document]], *, counted: bool
    ) -> Held:
        """Write a record; tell of it first when it ends a generation of its job."""
        if not counted or not ended_events.is_ending(record):
            return await self._written(record, body, write)
        await ended_events.tell(self.documents, record)
        try:
            return await self._written(record, body, write)
        except (Conflict, PreconditionFailed):
            found = await self.get(record.key)
            if found is not None and ended_events.is_ending(found.record):
                await ended_events.correct(self.documents, found.record)
            raise

    async def _written(self, record: Record, body: Body, write: Callable[[], Awaitable[Document]]) -> Held:
        for repeat in range(_REPEATS + 1):
            try:
                return Held(record, (await write()).etag)
            except (Conflict, PreconditionFailed) as error:
                found = await self.documents.get(JOBS, record.key.scope, record.key.id)
                if found is not None and found.body["writeId"] == body["writeId"]:
                    return Held(record, found.etag)
                if isinstance(error, PreconditionFailed):
                    raise
                if found is not None:
                    raise Exists(record.key, Held(from_body(found.body), found.etag)) from None
                if repeat == _REPEATS:
                    raise taken(JOBS, record.key.id) from None
            except Unavailable:
                if repeat == _REPEATS:
                    raise
            await asyncio.sleep(_PAUSE_SECONDS)
        raise AssertionError("the last repeat returns or raises")

    async def change_claimed(self, held: Held, token: str, change: Callable[[Record], Record]) -> Held:
        """Apply `change` to the record while it runs under `token`. Raises ClaimLost when it doesn't (any more).

        Raises Unavailable when it is always another's turn: the job is then left as by any failure of the store.
        """
        key = held.record.key
        known: Held | None = held

        async def changed() -> Held:
            nonlocal known
            found, known = known or await self.get(key), None
            if found is None:
                raise ClaimLost(f"job {key.id} was purged")
            claim = found.record.claim
            if found.record.status != "running" or claim is None or claim.token != token:
                raise ClaimLost(f"job {key.id} is claimed by another worker or was ended")
            return await self.replace(found, change(found.record))

        return await in_rounds(changed, contended(JOBS, key.id, Unavailable))


def _held(document: Document | None) -> Held | None:
    return Held(from_body(document.body), document.etag) if document else None
