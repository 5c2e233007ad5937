"""Key set: the keys by which a tenant signs its tokens, fetched when they are needed, and again when they change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import jwt

from shared.errors import Unavailable

_KEPT_SECONDS = 24 * 3600.0
_LEAST_SECONDS = 60.0
"""Between two readings because of a key that isn't known: else anybody's tokens would have them read at each."""
_LIMIT_SECONDS = 10.0
_MOST_BYTES = 1_000_000

Fetch = Callable[[str], Awaitable[dict[str, Any]]]


class KeySet:
    """The keys at an address, by their ids."""

    def __init__(self, address: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._address = address
        self._monotonic = monotonic
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at: float | None = None
        self._good_at = 0.0
        self._reading = asyncio.Lock()

    async def key(self, id: str) -> jwt.PyJWK | None:
        """Return the key of that id; None when the tenant has none. Raises Unavailable when the keys can't be read."""
        if self._is_old(_KEPT_SECONDS) or (id not in self._keys and self._is_old(_LEAST_SECONDS)):
            async with self._reading:
                if self._is_old(_KEPT_SECONDS) or (id not in self._keys and self._is_old(_LEAST_SECONDS)):
                    await self._read()
        return self._keys.get(id)

    async def _read(self) -> None:
        try:
            found = await _fetched(self._address)
        except Unavailable:
            if self._monotonic() - self._good_at >= 2 * _KEPT_SECONDS:
                self._keys = {}
            if not self._keys:
                raise
            self._read_at = self._monotonic() - _KEPT_SECONDS + _LEAST_SECONDS  # those known hold a while longer
            return
        self._keys = {key.key_id: key for key in found if key.key_id}
        self._read_at = self._good_at = self._monotonic()

    def _is_old(self, seconds: float) -> bool:
        return self._read_at is None or self._monotonic() - self._read_at >= seconds


async def _fetched(address: str) -> list[jwt.PyJWK]:
    limit = aiohttp.ClientTimeout(total=_LIMIT_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(address) as answer:
            answer.raise_for_status()
            text = await answer.content.read(_MOST_BYTES)
            told = jwt.PyJWKSet.from_json(text.decode("utf-8"))
    except (aiohttp.ClientError, TimeoutError, jwt.PyJWTError, ValueError) as error:
        raise Unavailable(
            f"The keys at {address} can't be read: {type(error).__name__}.", code="unavailable", dependency="identity"
        ) from error
    return [key for key in told.keys if key.public_key_use in (None, "sig")]
