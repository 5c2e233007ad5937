"""Tenant: one tenant of Microsoft Entra ID: where it is, and whether a token is one that it signed for an audience.

Of a token are checked: signature, algorithm, issuer, audience, times, tenant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import jwt

from api.auth.key_set import KeySet
from api.auth.port import unknown
from shared.config import Settings
from shared.errors import Misconfigured

ALGORITHMS = ("RS256",)
LEEWAY_SECONDS = 60
CHALLENGE = 'Bearer realm="nightshift"'
_NEEDED = ("exp", "nbf", "iat", "iss", "aud", "tid", "sub")
_HERE = ("127.0.0.1", "localhost", "::1")
_LONGEST = 16_384
_is_tenant = re.compile(r"[0-9A-Za-z.-]{1,64}").fullmatch


class Tenant:
    """The tenant that the settings name: its `id`, `address`, and the `issuer` of its tokens (of version 2.0)."""

    def __init__(self, settings: Settings) -> None:
        tenant, authority = settings.entra_tenant_id, settings.entra_authority.rstrip("/")
        if not tenant:
            raise Misconfigured("Setting ENTRA_TENANT_ID isn't given.", code="setting_missing")
        if not _is_tenant(tenant) or tenant.lower() in ("common", "organizations", "consumers"):
            raise Misconfigured(f"Setting ENTRA_TENANT_ID is {tenant!r}; it takes one tenant.", code="setting_invalid")
        parts = urlsplit(authority)
        if parts.scheme != "https" and (settings.in_azure or parts.hostname not in _HERE):
            raise Misconfigured("Setting ENTRA_AUTHORITY takes an https address.", code="setting_invalid")
        self.id = tenant
        self.address = f"{authority}/{tenant}"
        self.issuer = f"{self.address}/v2.0"
        self._keys = KeySet(f"{self.address}/discovery/v2.0/keys")

    async def claims(self, token: str, audience: str, issuers: Sequence[str]) -> dict[str, Any]:
        """Return the claims of a token. Raises the problem 401; Unavailable when the tenant's keys can't be read."""
        try:
            if len(token) > _LONGEST:
                raise jwt.InvalidTokenError("too long")
            head = jwt.get_unverified_header(token)
            if head.get("alg") not in ALGORITHMS:
                raise jwt.InvalidAlgorithmError("another algorithm")
            key = await self._keys.key(str(head.get("kid")))
            if key is None:
                raise jwt.InvalidKeyError("no such key")
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=list(ALGORITHMS),
                audience=audience,
                issuer=list(issuers),
                leeway=LEEWAY_SECONDS,
                options={"require": list(_NEEDED), "strict_aud": True},
            )
        except jwt.ExpiredSignatureError:
            raise unknown("token_expired", "The token has expired.", f'{CHALLENGE}, error="invalid_token"') from None
        except (jwt.PyJWTError, ValueError):
            raise _invalid() from None
        if claims["tid"] != self.id:
            raise _invalid()
        return claims


def _invalid() -> Exception:
    return unknown("token_invalid", "The token isn't one for this app.", f'{CHALLENGE}, error="invalid_token"')
