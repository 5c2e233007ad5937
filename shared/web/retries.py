"""Retries of outside calls: how often is one tried within a handling?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.config import Settings
from shared.errors import Transient, Unavailable

TRIES = 3

T = TypeVar("T")


async def call(settings: Settings, outside: Callable[[], Awaitable[T]]) -> T:
    """Return what `outside` returns, tried up to 3 times while it raises Transient.

    Waits min(CALL_MAX_BACKOFF_SECONDS, CALL_BASE_BACKOFF_SECONDS·2^(k−1)) + U(0, CALL_JITTER_SECONDS) s.
    Our own store and queues (`Unavailable`) are not tried again here: their failure defers the whole message.
    """
    from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential, wait_random

    retrying = AsyncRetrying(
        stop=stop_after_attempt(TRIES),
        wait=wait_exponential(settings.call_base_backoff_seconds, settings.call_max_backoff_seconds)
        + wait_random(0, settings.call_jitter_seconds),
        retry=retry_if_exception(lambda error: isinstance(error, Transient) and not isinstance(error, Unavailable)),
        reraise=True,
    )

    async def attempt() -> T:  # tenacity awaits only what it can tell is a coroutine function
        return await outside()

    return await retrying(attempt)
