"""Rows: how is what was added up stored, so that nobody's older sum replaces a newer one?

A row's ETag is read first, then its parts, then it is replaced if nobody was in between (docs/metrics.md, rules 5 and
6). It is written also when nothing changed: whoever read before a part changed must not find its version standing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from shared.documents.compare_and_set import contended, create_new, in_rounds
from shared.documents.containers import Container
from shared.documents.port import Body, Documents

Made = Callable[[Body | None], Awaitable[Body | None]]
"""Takes the row as it stands (None: there is none), reads its parts and returns the row; None: it is kept no longer."""


async def recompute(documents: Documents, container: Container, partition: str, id: str, made: Made) -> Body | None:
    """Store what `made` makes of a row, and return it; again when others were in between.

    Raises Transient when it is always another's turn, and what the store and `made` raise.
    """

    async def recomputed() -> Body | None:
        standing = await documents.get(container, partition, id)
        body = await made(standing.body if standing else None)
        if body is None:
            return None
        if standing is None:
            await create_new(documents, container, body)
        else:
            await documents.replace(container, body, standing.etag)
        return body

    return await in_rounds(recomputed, contended(container, id))
