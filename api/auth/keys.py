"""Keys: API keys, of which the settings hold only the SHA-256, with role, scopes, label and expiry.

Several hold at a time, so that one can be replaced without a gap.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from api.auth.port import Asked, unknown
from operations.actor import Actor
from operations.api_keys import ApiKey
from shared import clock

HEADER = "x-api-key"
_CHALLENGE = 'ApiKey realm="nightshift"'


class Keys:
    """Knows callers by the header X-API-Key."""

    scheme = "apiKey"

    def __init__(self, keys: Sequence[ApiKey]) -> None:
        self._keys = tuple(keys)

    async def actor(self, asked: Asked) -> Actor:
        """See Authenticator. Every key is compared, in constant time: how long it takes tells nothing."""
        given = asked.headers.get(HEADER)
        if not given:
            raise unknown("key_missing", "Send an API key in the header X-API-Key.", _CHALLENGE)
        return self.entry(given).actor

    def entry(self, given: str) -> ApiKey:
        """Return the entry of a key. Raises the problem 401 for a key that there isn't, or that has expired."""
        digest = hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()
        found: ApiKey | None = None
        for key in self._keys:
            if hmac.compare_digest(key.sha256, digest):
                found = key
        if found is None:
            raise unknown("key_unknown", "There is no such API key.", _CHALLENGE)
        if found.expires <= clock.now():
            raise unknown("key_expired", f"The API key {found.label!r} has expired. Ask for a new one.", _CHALLENGE)
        return found

    def standing(self, label: str, begins: str) -> Actor | None:
        """Return who asks with the key of a label whose SHA-256 so begins; None when it is gone or has expired."""
        now = clock.now()
        for key in self._keys:
            if key.label == label and begins and key.sha256.startswith(begins) and key.expires > now:
                return key.actor
        return None
