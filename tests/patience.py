"""How long do tests wait for what should come? Long enough for a machine that is busy with other work.

A test waits for a condition, never for a time. A limit only ends a wait for what never comes, so it is generous. One
setting scales all of them: NIGHTSHIFT_TEST_PATIENCE=3 waits three times as long.
"""

from __future__ import annotations

import inspect
import os
import time
from asyncio import sleep
from collections.abc import Awaitable, Callable

_LOOK_SECONDS = 0.02


def seconds(usual: float = 120.0) -> float:
    """Return a limit in seconds, scaled by NIGHTSHIFT_TEST_PATIENCE."""
    return usual * float(os.environ.get("NIGHTSHIFT_TEST_PATIENCE", "1"))


LIMIT_SECONDS = seconds()
"""The limit of whatever has no reason for another."""


def wait_until(happened: Callable[[], object], what: str | Callable[[], str], look: float = _LOOK_SECONDS) -> None:
    """Look each `look` seconds until it `happened`. Raises AssertionError, saying `what`, at the limit."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while not happened():
        assert time.monotonic() < deadline, _in_vain(what, LIMIT_SECONDS)
        time.sleep(look)


async def until(
    happened: Callable[[], object | Awaitable[object]],
    what: str | Callable[[], str],
    look: float = _LOOK_SECONDS,
    limit_seconds: float = LIMIT_SECONDS,
) -> None:
    """Do what `wait_until` does without blocking the event loop; `happened` may be awaitable."""
    deadline = time.monotonic() + limit_seconds
    while True:
        holds = happened()
        if await holds if inspect.isawaitable(holds) else holds:
            return
        assert time.monotonic() < deadline, _in_vain(what, limit_seconds)
        await sleep(look)


def _in_vain(what: str | Callable[[], str], limit_seconds: float) -> str:
    return f"waited {limit_seconds:g} s in vain for {what if isinstance(what, str) else what()}"
