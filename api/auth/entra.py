"""Entra: Bearer tokens of one tenant of Microsoft Entra ID: signature, algorithm, issuer, audience, times, roles.

A role of the app registration is ``reader``, for everything, or ``reader/SCOPE``, such as ``reader/org:acme``. Each
holds for its own scope only.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import jwt

from api.auth.key_set import KeySet
from api.auth.port import Asked, refused, unknown
from operations.actor import EVERYTHING, ROLES, Actor
from operations.api_keys import is_scope
from shared.config import Settings
from shared.errors import Misconfigured

ALGORITHMS = ("RS256",)
LEEWAY_SECONDS = 60
_NEEDED = ("exp", "nbf", "iat", "iss", "aud", "tid", "sub")
_HERE = ("127.0.0.1", "localhost", "::1")
_LONGEST = 16_384
_CHALLENGE = 'Bearer realm="nightshift"'
_is_tenant = re.compile(r"[0-9A-Za-z.-]{1,64}").fullmatch


class Entra:
    """Knows callers by the token in their Authorization header."""

    scheme = "bearer"

    def __init__(self, settings: Settings) -> None:
        tenant, authority = settings.entra_tenant_id, settings.entra_authority.rstrip("/")
        if not tenant or not settings.entra_audience:
            raise Misconfigured(
                "AUTH_MODE is entra: set ENTRA_TENANT_ID and ENTRA_AUDIENCE too.", code="setting_missing"
            )
        if not _is_tenant(tenant) or tenant.lower() in ("common", "organizations", "consumers"):
            raise Misconfigured(f"Setting ENTRA_TENANT_ID is {tenant!r}; it takes one tenant.", code="setting_invalid")
        parts = urlsplit(authority)
        if parts.scheme != "https" and (settings.in_azure or parts.hostname not in _HERE):
            raise Misconfigured("Setting ENTRA_AUTHORITY takes an https address.", code="setting_invalid")
        self._tenant = tenant
        self._audience = settings.entra_audience
        self._issuers = (f"{authority}/{tenant}/v2.0", f"https://sts.windows.net/{tenant}/")
        self._keys = KeySet(f"{authority}/{tenant}/discovery/v2.0/keys")

    async def actor(self, asked: Asked) -> Actor:
        """See Authenticator. Raises Unavailable when the tenant's keys can't be read."""
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not token:
            raise unknown("token_missing", "Send a token of the tenant: Authorization: Bearer …", _CHALLENGE)
        claims = await self._claims(token)
        grants = _grants(claims.get("roles"))
        if not grants:
            raise refused("token_without_role", "The token has no role of this app. Have one assigned to its holder.")
        name = f"entra:{claims.get('oid') or claims['sub']}"
        first, *others = [Actor(name, frozenset({role}), frozenset({scope})) for role, scope in grants]
        return Actor(name, first.roles, first.scopes, tuple(others))

    async def _claims(self, token: str) -> dict[str, Any]:
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
                audience=self._audience,
                issuer=self._issuers,
                leeway=LEEWAY_SECONDS,
                options={"require": list(_NEEDED), "strict_aud": True},
            )
        except jwt.ExpiredSignatureError:
            raise unknown("token_expired", "The token has expired.", f'{_CHALLENGE}, error="invalid_token"') from None
        except (jwt.PyJWTError, ValueError):
            raise _invalid() from None
        if claims["tid"] != self._tenant:
            raise _invalid()
        return claims


def _invalid() -> Exception:
    return unknown("token_invalid", "The token isn't one for this app.", f'{_CHALLENGE}, error="invalid_token"')


def _grants(roles: Any) -> list[tuple[Any, str]]:
    """Return the (role, scope) of each role of the token that is one of the app's."""
    found = []
    for text in roles if isinstance(roles, list) else ():
        role, _, scope = str(text).partition("/")
        if role in ROLES and is_scope(scope or EVERYTHING):
            found.append((role, scope or EVERYTHING))
    return found
