"""Analyses: what the local analyser says of pictures, on all processors, in the order given, each by itself.

Few pictures are done in this process: starting others takes as long as some tens of pictures.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from operations.actor import Actor
from processors.taste.analysers.findings import Findings, ItemText
from shared.blobs.containers import MAX_PICTURE_BYTES
from shared.config import Settings
from shared.errors import NightshiftError
from shared.web import retries
from shared.web.exchange import PICTURE_TYPES, Wanted
from shared.web.fetch import Fetcher

WORTH_PROCESSES = 60
"""Pictures from which other processes pay off: one takes about 10 ms, a process about 0.5 s to start."""
_ITEMS_A_CHUNK = 16


@dataclass(frozen=True, slots=True)
class Item:
    """One picture to analyse, at an address or given by `read`, and what is known of it or wrong with it.

    `read` is called in another process: it is a function of a module, or a partial of one.
    """

    id: str | None
    title: str
    url: str | None = None
    read: Callable[[], bytes] | None = None
    problem: NightshiftError | None = None


@dataclass(frozen=True, slots=True)
class Analysed:
    """What an analyser found in a picture, or the `error` that prevented it."""

    id: str | None
    findings: Findings | None = None
    error: NightshiftError | None = None

    def members(self) -> dict[str, Any]:
        """Return it as JSON members."""
        if self.findings is None:
            return {"id": self.id, "error": str(self.error)}
        return {
            "id": self.id,
            "colors": list(self.findings.colors),
            "garments": list(self.findings.garments),
            "styleKeywords": list(self.findings.style_keywords),
            "brand": self.findings.brand,
        }


def locally(by: Actor, items: Sequence[Item], settings: Settings | None) -> Iterator[Analysed]:
    """Yield what the local analyser finds in each picture, in order; one that can't be read has its error.

    `settings` say how to fetch; None when no picture has an address.
    """
    by.require("reader")
    work = [(item, settings) for item in items]
    workers = min(_processors(), len(items) // (WORTH_PROCESSES // 2))
    if workers < 2:
        yield from map(_analyse, work)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts_to_the_parent) as pool:
        yield from pool.map(_analyse, work, chunksize=_ITEMS_A_CHUNK)


async def fetched(url: str, settings: Settings, fetcher: Fetcher) -> bytes:
    """Return the picture at an address, tried up to three times. Raises the class of the failure."""
    wanted = Wanted(PICTURE_TYPES, MAX_PICTURE_BYTES)
    return (await retries.call(settings, lambda: fetcher.get(url, wanted))).body


def _analyse(work: tuple[Item, Settings | None]) -> Analysed:
    from processors.taste.analysers.local import analyse

    item, settings = work
    try:
        if item.problem is not None:
            raise item.problem
        picture = item.read() if item.read else asyncio.run(_fetched_alone(item, settings))
        return Analysed(item.id, analyse(picture, ItemText(title=item.title)))
    except NightshiftError as error:
        return Analysed(item.id, error=error)


async def _fetched_alone(item: Item, settings: Settings | None) -> bytes:
    assert item.url is not None
    assert settings is not None
    fetcher = Fetcher(settings.fetch_allowed_local)
    try:
        return await fetched(item.url, settings, fetcher)
    finally:
        await fetcher.close()


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
