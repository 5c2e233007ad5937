"""Dirty marks: which parts of the roll-ups no longer say what the events say?

A mark is a document of its own, one per thing to recompute. Marking again gives it a new ETag, so that a worker that
recomputed before deletes nothing (docs/metrics.md, rules 3 and 5). `since` stays, or becomes earlier: of what came in
from then on, the roll-ups may lack something.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from shared import clock
from shared.documents import ids
from shared.documents.compare_and_set import contended, create_new, in_rounds
from shared.documents.containers import ROLLUP_WORK
from shared.documents.port import Body, Condition, Document, Documents
from shared.documents.shapes import Shape
from shared.errors import Unavailable

WAYS = 64
"""Partitions of the marks, by a hash of the organisation."""
REMEMBERED_AT_MOST = 4096

_SHAPE = Shape("dirty mark", 1)


@dataclass(frozen=True, slots=True)
class Mark:
    """What is to be recomputed of an organisation's events of a kind; `bucket` names it (buckets.py)."""

    org: str
    kind: str
    bucket: str

    @property
    def id(self) -> str:
        """The id of its document."""
        return f"{ids.compound(self.org, self.kind)}|{self.bucket}"

    @property
    def partition(self) -> str:
        """The partition of its document."""
        return f"{int(ids.sha256(self.org)[:4], 16) % WAYS:02}"


@dataclass(frozen=True, slots=True)
class Standing:
    """A mark as it was read, dirty since then, with the ETag that deletes exactly that version."""

    mark: Mark
    since: datetime
    etag: str


def leaf(org: str, kind: str, slice: datetime, part: int) -> Mark:
    """Return the mark of one slice of one part (places.py) of an organisation's events of a kind."""
    return Mark(org, kind, f"leaf|{clock.to_text(slice)}|{part:02}")


async def put(documents: Documents, marks: Iterable[Mark], since: datetime | None = None) -> None:
    """Write each mark, with a new ETag. `since`: when that came in which the roll-ups may lack (default: now).

    Raises Unavailable when the store fails: what isn't marked is told again.
    """
    writer, dirty = _writer_of(documents), clock.now() if since is None else since
    await asyncio.gather(*(writer.put(documents, mark, clock.to_text(dirty)) for mark in marks))


async def get(documents: Documents, mark: Mark) -> Standing | None:
    """Return the mark as it stands; None when nothing is to be recomputed."""
    found = await documents.get(ROLLUP_WORK, mark.partition, mark.id)
    return standing(found) if found else None


async def oldest(documents: Documents, kinds: Iterable[str] | None) -> Standing | None:
    """Return the mark of some kinds (None: of any) that is dirty longest; None when none stands."""
    where: list[Condition] = [] if kinds is None else [("kind", "in", sorted(kinds))]
    query = documents.query(ROLLUP_WORK, where=where, order_by="since", limit=1)
    found = [standing(document) async for document in query]
    return found[0] if found else None


async def count(documents: Documents, kinds: Iterable[str]) -> int:
    """Return how many marks of some kinds stand."""
    return await documents.count(ROLLUP_WORK, where=[("kind", "in", sorted(kinds))])


def standing(document: Document) -> Standing:
    """Return the mark that a document holds."""
    body = _SHAPE.present(document.body)
    return Standing(Mark(body["orgId"], body["kind"], body["mark"]), clock.parse(body["since"]), document.etag)


class _Writer:
    """Writes the marks of one store.

    Whoever marks what is being marked waits for the next writing of it, and shares that with all who came meanwhile: so
    a busy slice costs one write at a time, and none gets in another's way. What was last written is remembered, so that
    the next write needs no read. It keeps no store alive: whoever puts a mark hands it in.
    """

    def __init__(self) -> None:
        self._running: dict[Mark, asyncio.Task[None]] = {}
        self._next: dict[Mark, asyncio.Task[None]] = {}
        self._since: dict[Mark, str] = {}
        """Since when what waits for the next writing is dirty."""
        self._known: dict[Mark, Document] = {}

    async def put(self, documents: Documents, mark: Mark, since: str) -> None:
        self._since[mark] = min(since, self._since.get(mark, since))
        task = self._next.get(mark)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._in_turn(documents, mark, self._running.get(mark)))
            task.add_done_callback(_seen)
            self._next[mark] = task
        await asyncio.shield(task)  # others wait for it too

    async def _in_turn(self, documents: Documents, mark: Mark, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        task = self._running[mark] = self._next.pop(mark)
        try:
            await self._write(documents, mark, self._since.pop(mark))
        finally:
            if self._running.get(mark) is task:
                del self._running[mark]

    async def _write(self, documents: Documents, mark: Mark, since: str) -> None:
        now, known = clock.text_now(), self._known.pop(mark, None)

        async def written() -> Document:
            nonlocal known
            found, known = known or await documents.get(ROLLUP_WORK, mark.partition, mark.id), None
            if found is None:
                return await create_new(documents, ROLLUP_WORK, _body(mark, since, now))
            body = {**found.body, "since": min(since, found.body["since"]), "markedAt": now}
            return await documents.replace(ROLLUP_WORK, body, found.etag)

        document = await in_rounds(written, contended(ROLLUP_WORK, mark.id, Unavailable))
        if len(self._known) >= REMEMBERED_AT_MOST:
            self._known.clear()
        self._known[mark] = document


def _body(mark: Mark, since: str, now: str) -> Body:
    return {
        "id": mark.id,
        "bucket": mark.partition,
        "orgId": mark.org,
        "kind": mark.kind,
        "mark": mark.bucket,
        "since": since,
        "markedAt": now,
        "schemaVersion": _SHAPE.version,
    }


def _seen(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        task.exception()  # whoever waits is told; when nobody does any more, asyncio would complain


_writers: WeakKeyDictionary[Documents, _Writer] = WeakKeyDictionary()


def _writer_of(documents: Documents) -> _Writer:
    found = _writers.get(documents)
    if found is None:
        found = _writers[documents] = _Writer()
    return found
