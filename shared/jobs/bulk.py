"""Bulk interventions: which dead letters a filter means, and how one action is done to many of them.

Many at once, at a bounded rate; a letter that is refused doesn't stop the rest, a dependency that fails does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared import clock, lanes
from shared.documents.containers import JOBS
from shared.documents.port import Condition, Documents
from shared.errors import Misconfigured, NightshiftError, Transient
from shared.jobs.record import JobKey, from_body
from shared.jobs.record_store import Held


@dataclass(frozen=True, slots=True)
class Filter:
    """Which dead letters are meant. None means any."""

    queue: str | None = None
    error_class: str | None = None
    cause: str | None = None
    since: datetime | None = None

    def conditions(self, *statuses: str) -> list[Condition]:
        """Return the filter as the store's conditions."""
        wanted: list[Condition] = [("status", "in", list(statuses))]
        if self.queue:
            wanted.append(("queue", "=", self.queue))
        if self.error_class:
            wanted.append(("reason.class", "=", self.error_class))
        if self.cause:
            wanted.append(("reason.cause", "=", self.cause))
        if self.since:
            wanted.append(("lastFailedAt", ">=", clock.to_text(self.since)))
        return wanted


@dataclass(frozen=True, slots=True)
class Acted:
    """What came of one letter: done, unless `error` says why not, or it is `untouched`, since another's ended all.

    An error that ends it all (a dependency's) comes with the letter that met it and `ends_all`.
    """

    key: JobKey
    error: NightshiftError | None = None
    ends_all: bool = False
    untouched: bool = False


async def letters(
    documents: Documents, wanted: Filter, statuses: Sequence[str], *, scope: str | None = None, limit: int | None = None
) -> list[Held]:
    """Return the records that the filter means and that have one of `statuses`, the last failed first."""
    query = documents.query(
        JOBS, partition=scope, where=wanted.conditions(*statuses), order_by="-lastFailedAt", limit=limit
    )
    return [Held(from_body(document.body), document.etag) async for document in query]


async def each(
    letters: Sequence[Held], act: Callable[[Held], Awaitable[object]], *, rate: float | None = None
) -> AsyncIterator[Acted]:
    """Do `act` to every letter, at most `rate` a second, and yield what came of each as it comes.

    Closing the iterator stops it: letters that nobody has begun stay as they are.
    """
    pace, is_over = _Pace(rate), False

    async def one(letter: Held) -> Acted:
        nonlocal is_over
        key = letter.record.key
        if not is_over:
            await pace.turn()
        if is_over:
            return Acted(key, untouched=True)
        try:
            await act(letter)
        except (Transient, Misconfigured) as error:
            if is_over:
                return Acted(key, untouched=True)
            is_over = True
            return Acted(key, error, ends_all=True)
        except NightshiftError as error:
            return Acted(key, error)
        return Acted(key)

    async for acted in lanes.results(letters, lambda letter: letter.record.key.id, one):
        yield acted


class _Pace:
    """Turns that are at least so far apart as they are taken: one that comes late moves the next ones on."""

    def __init__(self, rate: float | None) -> None:
        self._gap = 1 / rate if rate else 0.0
        self._last = float("-inf")
        self._lock = asyncio.Lock()

    async def turn(self) -> None:
        if not self._gap:
            return
        loop = asyncio.get_running_loop()
        async with self._lock:
            await asyncio.sleep(max(0.0, self._last + self._gap - loop.time()))
            self._last = loop.time()
