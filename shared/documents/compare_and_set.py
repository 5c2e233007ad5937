"""How is a document written that only something newer may replace?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared.documents.containers import Container
from shared.documents.port import Body, Document, Documents
from shared.errors import Conflict, PreconditionFailed, Transient

ROUNDS = 100
"""More than these many writers on one document at once; then the id is another's: a Conflict that nothing will end."""


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
    raise Transient(
        f"Document {body['id']!r} in {container.name} is always written by others, or its id is the hash of another's",
        code="document_contended",
        dependency="store",
    )
