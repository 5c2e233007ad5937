"""Entra: Bearer tokens of one tenant of Microsoft Entra ID, whose roles are app roles of this app's registration."""

from __future__ import annotations

from api.auth import app_roles
from api.auth.port import Asked, refused, unknown
from api.auth.tenant import CHALLENGE, Tenant
from operations.actor import Actor
from shared.config import Settings
from shared.errors import Misconfigured


class Entra:
    """Knows callers by the token in their Authorization header."""

    scheme = "bearer"

    def __init__(self, settings: Settings) -> None:
        if not settings.entra_tenant_id or not settings.entra_audience:
            raise Misconfigured(
                "AUTH_MODE is entra: set ENTRA_TENANT_ID and ENTRA_AUDIENCE too.", code="setting_missing"
            )
        self._tenant = Tenant(settings)
        self._audience = settings.entra_audience
        self._issuers = (self._tenant.issuer, f"https://sts.windows.net/{self._tenant.id}/")

    async def actor(self, asked: Asked) -> Actor:
        """See Authenticator. Raises Unavailable when the tenant's keys can't be read."""
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not token:
            raise unknown("token_missing", "Send a token of the tenant: Authorization: Bearer …", CHALLENGE)
        claims = await self._tenant.claims(token, self._audience, self._issuers)
        found = app_roles.actor_of(app_roles.name_of(claims), app_roles.known(claims.get("roles")))
        if found is None:
            raise refused("token_without_role", "The token has no role of this app. Have one assigned to its holder.")
        return found
