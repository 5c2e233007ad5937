"""How is a document changed that others may be changing too? By compare-and-set, again until nobody was in between."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

from shared.documents.containers import Container
from shared.documents.port import Body, Document, Documents
from shared.errors import Conflict, PreconditionFailed, Transient

ROUNDS = 100
"""More than these many writers on one document at once; then the id is another's: a Conflict that nothing will end."""

_PAUSE_SECONDS = 0.02

Change = Callable[[Body | None], Body | None]
"""Takes a document's body (None: there is none) and returns what it is to be; None: it stays as it is."""


async def change(documents: Documents, container: Container, partition: str, id: str, make: Change) -> Body | None:
    """Bring a document into what `make` makes of it, and return it; `make` is asked again when others were in between.

    Nothing is written when it is that already. Raises what `make` raises, and Transient when it is always another's
    turn.
    """
    for _ in range(ROUNDS):
        standing = await documents.get(container, partition, id)
        before = standing.body if standing else None
        body = make(before)
        if body is None or body == before:
            return before
        try:
            if standing is None:
                return (await documents.create(container, body)).body
            return (await documents.replace(container, body, standing.etag)).body
        except (Conflict, PreconditionFailed):
            await asyncio.sleep(random.uniform(0, _PAUSE_SECONDS))
    raise _contended(container, id)


async def write_over_older(
    documents: Documents, container: Container, body: Body, order: Callable[[Body], Any]
) -> Document:
    """Write `body` unless what stands is as new or newer by `order`; return what stands then.

    The first writer of the same order wins, so that writing twice changes nothing the second time. Whether `body` was
    written shows in the answer, also after a lost answer. Raises Transient when it is always another's turn.
    """
    for _ in range(ROUNDS):
        standing = await documents.get(container, body[container.partition_key], body["id"])
        if standing is not None and order(standing.body) >= order(body):
            return standing
        try:
            if standing is None:
                return await documents.create(container, body)
            return await documents.replace(container, body, standing.etag)
        except (Conflict, PreconditionFailed):
            continue
    raise _contended(container, body["id"])


def _contended(container: Container, id: str) -> Transient:
    return Transient(
        f"Document {id!r} in {container.name} is always written by others, or its id is the hash of another's",
        code="document_contended",
        dependency="store",
    )
