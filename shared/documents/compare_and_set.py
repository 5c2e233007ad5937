"""Compare-and-set: changes a document that others may be changing too, again until nobody was in between."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from shared.documents.containers import Container
from shared.documents.port import Body, Document, Documents
from shared.errors import Conflict, Permanent, PreconditionFailed, Transient

ROUNDS = 100
"""More than these many writers on one document at once."""
TRIES = 3
"""A document may be deleted just after it was in the way; what is in the way again and again can't be read at all."""

_PAUSE_SECONDS = 0.02

_T = TypeVar("_T")

Change = Callable[[Body | None], Body | None]
"""Takes a document's body (None: there is none) and returns what it is to be; None: it stays as it is."""


async def in_rounds(attempt: Callable[[], Awaitable[_T]], otherwise: Callable[[], Transient]) -> _T:
    """Return what `attempt` returns, which reads, decides and writes; try again while others were in between.

    An attempt tells so by the Conflict or PreconditionFailed of its write. Raises what else it raises, and what
    `otherwise` makes when it is always another's turn.
    """
    for turn in range(ROUNDS):
        if turn:
            await asyncio.sleep(random.uniform(0, _PAUSE_SECONDS))
        try:
            return await attempt()
        except (Conflict, PreconditionFailed):
            continue
    raise otherwise()


def contended(container: Container, id: str, spent: type[Transient] = Transient) -> Callable[[], Transient]:
    """Return what makes the error for a document where it is always another's turn.

    `spent` is its class: Transient for an effect of a handler, which costs an attempt. Unavailable for what the queue
    runtime itself keeps (records, gates, ledger): as with any failure of the store, the message waits, and nobody's
    attempt is spent.
    """
    return lambda: spent(
        f"Document {id!r} in {container.name} is always written by others",
        code="document_contended",
        dependency="store",
    )


async def create_new(documents: Documents, container: Container, body: Body) -> Document:
    """Store a new document. Raises Conflict when there is one; whoever reads it then finds it.

    Raises Permanent (``id_taken``) when none can be read and yet its place isn't free: no trying again helps.
    """
    for _ in range(TRIES):
        try:
            return await documents.create(container, body)
        except Conflict:
            if await documents.get(container, body[container.partition_key], body["id"]) is not None:
                raise
    raise taken(container, body["id"])


def taken(container: Container, id: str) -> Permanent:
    """Return the error for an id whose place isn't free, though nothing can be read there."""
    return Permanent(
        f"The id {id!r} is taken in {container.name} by what can't be read", code="id_taken", dependency="store"
    )


async def change(documents: Documents, container: Container, partition: str, id: str, make: Change) -> Body | None:
    """Bring a document into what `make` makes of it, and return it; `make` is asked again when others were in between.

    Nothing is written when it is that already. Raises what `make` and `create_new` (but Conflict) raise, and Transient
    when it is always another's turn.
    """

    async def changed() -> Body | None:
        standing = await documents.get(container, partition, id)
        before = standing.body if standing else None
        body = make(before)
        if body is None or body == before:
            return before
        if standing is None:
            return (await create_new(documents, container, body)).body
        return (await documents.replace(container, body, standing.etag)).body

    return await in_rounds(changed, contended(container, id))


async def write_over_older(
    documents: Documents, container: Container, body: Body, order: Callable[[Body], Any]
) -> Document:
    """Write `body` unless what stands is as new or newer by `order`; return what stands then.

    The first writer of the same order wins, so that writing twice changes nothing the second time. Whether `body` was
    written shows in the answer, also after a lost answer. Raises what `create_new` (but Conflict) raises, and Transient
    when it is always another's turn.
    """

    async def written() -> Document:
        standing = await documents.get(container, body[container.partition_key], body["id"])
        if standing is None:
            return await create_new(documents, container, body)
        if order(standing.body) >= order(body):
            return standing
        return await documents.replace(container, body, standing.etag)

    return await in_rounds(written, contended(container, body["id"]))
