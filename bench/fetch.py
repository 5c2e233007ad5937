"""Benchmark of fetching: how many pictures does the app fetch a second, beside aiohttp alone?

Both fetch the same picture from a server on this machine, which takes its part of the CPU: the ratio is what counts.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Awaitable, Callable

import aiohttp
from aiohttp import web

from bench.measuring import Measure, Result, Run
from shared.web.exchange import PICTURE_TYPES, Wanted
from shared.web.fetch import Fetcher

_FETCHES = 2000
_AT_ONCE = 16
"""host.json's batchSize: as many jobs run at once."""
_PICTURE = os.urandom(50_000)
_WANTED = Wanted(PICTURE_TYPES, 10_000_000)


def measure(runs: int) -> Result:
    """Fetch with both, in turn."""
    return Result(
        "fetch",
        f"{_FETCHES} fetches of a picture of {len(_PICTURE) // 1000} KB from a server in the same process, "
        f"{_AT_ONCE} at once: "
        "by shared/web/fetch.py (which checks address, type, bytes and time) and by aiohttp alone.",
        "a ratio of at least 0.7",
        (
            Measure("fetches_per_s", "1/s", "shared/web/fetch.py"),
            Measure("aiohttp_per_s", "1/s", "aiohttp alone"),
            Measure("ratio", "", "ratio of the two"),
        ),
        [asyncio.run(_run()) for _ in range(runs)],
    )


async def _run() -> Run:
    app = web.Application()
    app.router.add_get("/", _picture)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host = f"127.0.0.1:{runner.addresses[0][1]}"
    url = f"http://{host}/"
    fetcher = Fetcher(host)
    try:
        async with aiohttp.ClientSession() as session:

            async def bare() -> None:
                async with session.get(url) as response:
                    await response.read()

            async def ours() -> None:
                await fetcher.get(url, _WANTED)

            alone, checked = await _per_second(bare), await _per_second(ours)
    finally:
        await fetcher.close()
        await runner.cleanup()
    return {"fetches_per_s": checked, "aiohttp_per_s": alone, "ratio": checked / alone}


async def _picture(request: web.Request) -> web.Response:
    return web.Response(body=_PICTURE, content_type="image/png")


async def _per_second(fetch: Callable[[], Awaitable[None]]) -> float:
    numbers = itertools.count()

    async def worker() -> None:
        while next(numbers) < _FETCHES:
            await fetch()

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(_AT_ONCE)))
    return _FETCHES / (time.perf_counter() - began)
