"""Key set: the keys by which a tenant signs its tokens, fetched when they are needed, and again when they change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import jwt

from api.auth import asking
from shared.errors import Unavailable

_KEPT_SECONDS = 24 * 3600.0
_LEAST_SECONDS = 60.0
"""Between two readings because of a key that isn't known: else anybody's tokens would have them read at each."""
_WHAT = "The keys"


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
    answer = await asking.ask(_WHAT, address)
    if answer.status != 200:
        raise asking.unavailable(_WHAT, address, f"status {answer.status}")
    try:
        told = jwt.PyJWKSet.from_json(answer.body.decode("utf-8"))
    except (jwt.PyJWTError, ValueError) as error:
        raise asking.unavailable(_WHAT, address, type(error).__name__) from error
    return [key for key in told.keys if key.public_key_use in (None, "sig")]
