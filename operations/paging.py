"""Paging: a list page by page, each behind the last one of the page before.

A page begins behind a *place*: the instant of the last thing that was given, and which things of that instant were.
Nothing that stays as it is comes twice or is left out, whatever is added in between; what changes meanwhile moves to
the front.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from shared import clock
from shared.documents.containers import Container
from shared.documents.port import Condition, Document, Documents
from shared.errors import UsageError

_MARK_CHARACTERS = 12
_MOST_OF_AN_INSTANT = 2_000
"""Things of one instant that a place can tell apart."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: at an instant, of which the things with these marks were given."""

    at: str
    given: tuple[str, ...]

    def __str__(self) -> str:
        return "~".join((self.at, *self.given))


def place(text: str) -> Place:
    """Return the place that a page's `next` names. Raises UsageError for any other text."""
    at, *given = text.split("~")
    marks_are_right = all(len(one) == _MARK_CHARACTERS and one.isalnum() for one in given)
    try:
        is_right = clock.to_text(clock.parse(at)) == at and marks_are_right and len(given) <= _MOST_OF_AN_INSTANT
    except ValueError:
        is_right = False
    if not is_right:
        raise UsageError("This names no page. Begin without it, at the first one.", code="cursor_invalid")
    return Place(at, tuple(given))


async def read(
    documents: Documents,
    container: Container,
    *,
    newest_by: str,
    partition: str | None = None,
    where: Sequence[Condition] = (),
    select: Sequence[str] | None = None,
    limit: int,
    after: str | None = None,
) -> tuple[list[Document], str | None]:
    """Return the documents of a page, the latest by the member `newest_by` first, and the `next` of the page behind it.

    `select` holds the container's partition key, the id and `newest_by`. Raises UsageError when `after` names no page.
    """
    before = place(after) if after is not None else None
    conditions = [*where, *([(newest_by, "<=", before.at)] if before else [])]
    query = documents.query(
        container,
        partition=partition,
        where=conditions,  # type: ignore[arg-type]  # a list of such triples
        order_by=f"-{newest_by}",
        select=select,
        limit=limit + 1 + (len(before.given) if before else 0),
    )
    found = [
        document
        async for document in query
        if before is None or document.body[newest_by] != before.at or _mark(container, document) not in before.given
    ]
    shown = found[:limit]
    if len(found) <= limit:
        return shown, None
    at = shown[-1].body[newest_by]
    earlier = before.given if before is not None and before.at == at else ()
    marks = (_mark(container, document) for document in shown if document.body[newest_by] == at)
    return shown, str(Place(at, (*earlier, *marks)))


def _mark(container: Container, document: Document) -> str:
    name = f"{document.body[container.partition_key]}\0{document.body['id']}"
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK_CHARACTERS]
