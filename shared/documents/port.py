"""Document port: what may be asked of the document store?

A narrow port that Cosmos DB and SQLite both serve exactly; one contract suite (tests/contract) runs against every
adapter. Compare-and-set on single documents is all the atomicity there is. After a lost answer a writer meets its own
write as a Conflict or PreconditionFailed; it recognises it by what it wrote, the port doesn't guess.

Ids and partition values match ``[A-Za-z0-9._:@|-]{1,128}``, aren't ``.`` or ``..``, and don't look like a SHA-256.
Adapters store anything else as its SHA-256 and keep the original beside it; callers only ever see originals. The app's
own partitions (`ids.own`) are stored as they are and come back as such. A condition compares texts, and so doesn't tell
them from a user's of the same letters: `partition` does.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from shared.documents.containers import Container

Body = dict[str, Any]
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "exists"]
Condition = tuple[str, Operator, Any]
"""(field, operator, value). A dotted field (``claim.until``) looks inside. ``in`` takes a list, ``exists`` a bool.

A missing field matches nothing but ``exists False``; values of another JSON type match nothing either (except ``!=``).
"""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was read or written: its JSON `body`, and the opaque `etag` of exactly that version."""

    body: Body
    etag: str


class Documents(Protocol):
    """The port. Every method raises `Unavailable` when the store can't be reached, is throttling, or answers 5xx.

    `id` and partition value are members of the body: ``body["id"]`` and ``body[container.partition_key]``, texts. A
    body is JSON (no NaN, integers within 2^53), at most 2 MB, else `Permanent` with code ``document_invalid`` or
    ``document_too_large``. A member ``ttl`` (whole seconds after the write) lets a document expire: housekeeping only.
    Top-level members that begin with ``_`` are the store's own: a body that has one is invalid too.
    """

    async def get(self, container: Container, partition: str, id: str) -> Document | None:
        """Return the document, or None when there is none."""
        ...

    async def create(self, container: Container, body: Body) -> Document:
        """Store a new document. Raises Conflict when its id is taken in its partition."""
        ...

    async def upsert(self, container: Container, body: Body) -> Document:
        """Store the document whatever was there. Never use it for compare-and-set."""
        ...

    async def replace(self, container: Container, body: Body, etag: str) -> Document:
        """Store `body` over the version that has `etag`. Raises PreconditionFailed when that isn't the stored one."""
        ...

    async def delete(self, container: Container, partition: str, id: str, etag: str) -> None:
        """Delete the version that has `etag`. Raises PreconditionFailed when that isn't the stored one."""
        ...

    def query(
        self,
        container: Container,
        *,
        partition: str | None = None,
        where: Sequence[Condition] = (),
        order_by: str | None = None,
        select: Sequence[str] | None = None,
        limit: int | None = None,
        after_partition: str | None = None,
    ) -> AsyncIterator[Document]:
        """Yield the documents for which every condition holds, read page by page.

        `partition` None looks in all. `order_by` is one field, ``-field`` for descending; documents that lack it (as in
        Cosmos DB) or have null there are left out. `select` cuts the bodies to those top-level members; their ETags
        stay true. `after_partition`, which goes with neither `partition` nor `order_by`, begins behind the partition
        that is *stored* as that (see ids.safe; '' for all of them) and yields by what partitions are stored as: so
        whoever stops goes on there. Raises ValueError for a query that isn't one.
        """
        ...

    async def count(
        self, container: Container, *, partition: str | None = None, where: Sequence[Condition] = ()
    ) -> int:
        """Return how many documents fulfil every condition."""
        ...

    async def close(self) -> None:
        """Give connections and threads back."""
        ...
