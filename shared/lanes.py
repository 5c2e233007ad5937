"""Lanes: many things done at once, while those that belong together keep their order."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from typing import TypeVar

LANES = 8
"""At once. More don't help: the document store of a laptop takes one write at a time."""
_WAITING_PER_LANE = 16

_T = TypeVar("_T")
_R = TypeVar("_R")


async def run(things: Iterable[_T], lane_of: Callable[[_T], str], work: Callable[[_T], Awaitable[None]]) -> None:
    """Await `work` for each of `things`, read as they are needed; those of one `lane_of` run in turn.

    The first exception ends it all and is raised.
    """
    lanes: list[asyncio.Queue[_T | None]] = [asyncio.Queue(_WAITING_PER_LANE) for _ in range(LANES)]

    async def serve(lane: asyncio.Queue[_T | None]) -> None:
        while (thing := await lane.get()) is not None:
            await work(thing)

    async def fill() -> None:
        for thing in things:
            await lanes[zlib.crc32(lane_of(thing).encode("utf-8", "surrogatepass")) % LANES].put(thing)
        for lane in lanes:
            await lane.put(None)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fill())
            for lane in lanes:
                group.create_task(serve(lane))
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None


async def results(
    things: Iterable[_T], lane_of: Callable[[_T], str], work: Callable[[_T], Awaitable[_R]]
) -> AsyncIterator[_R]:
    """Do as `run` does, and yield what `work` returned for each as it comes. Closing the iterator stops the work."""
    ready: asyncio.Queue[list[_R]] = asyncio.Queue()

    async def kept(thing: _T) -> None:
        ready.put_nowait([await work(thing)])

    async def all_of_them() -> None:
        try:
            await run(things, lane_of, kept)
        finally:
            ready.put_nowait([])

    running = asyncio.create_task(all_of_them())
    try:
        while found := await ready.get():
            yield found[0]
        await running
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
