"""Retries of outside calls: how often is one tried within a handling?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from shared.config import Settings
from shared.errors import Transient, Unavailable

if TYPE_CHECKING:
    from tenacity import RetryCallState

TRIES = 3

T = TypeVar("T")


async def call(settings: Settings, outside: Callable[[], Awaitable[T]]) -> T:
    """Return what `outside` returns, tried up to 3 times while it raises Transient.

    Waits min(CALL_MAX_BACKOFF_SECONDS, CALL_BASE_BACKOFF_SECONDS·2^(k−1)) + U(0, CALL_JITTER_SECONDS) s, or longer if
    the server says so. When it says longer than CALL_MAX_BACKOFF_SECONDS, the error is raised at once: the job waits.
    Our own store and queues (`Unavailable`) are not tried again here: their failure defers the whole message.
    """
    from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential, wait_random

    longest = settings.call_max_backoff_seconds
    backoff = wait_exponential(settings.call_base_backoff_seconds, longest) + wait_random(
        0, settings.call_jitter_seconds
    )
    retrying = AsyncRetrying(
        stop=lambda state: stop_after_attempt(TRIES)(state) or _told_seconds(state) > longest,
        wait=lambda state: max(backoff(state), _told_seconds(state)),
        retry=retry_if_exception(lambda error: isinstance(error, Transient) and not isinstance(error, Unavailable)),
        reraise=True,
    )

    async def attempt() -> T:  # tenacity awaits only what it can tell is a coroutine function
        return await outside()

    return await retrying(attempt)


def _told_seconds(state: RetryCallState) -> float:
    """Return how long the server that failed last said to wait; 0 if it didn't."""
    error = state.outcome.exception() if state.outcome else None
    told = error.retry_after if isinstance(error, Transient) else None
    return told.total_seconds() if told else 0.0
