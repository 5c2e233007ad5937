"""Dev: on a laptop everybody on this machine may do everything; nobody else may do anything.

A page of another site that is open in the same browser is somebody else: whatever name it gives this machine, and
whatever it sends without being asked first.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from api.auth.port import Asked, refused
from operations.actor import EVERYTHING, Actor
from shared.config import Settings
from shared.errors import Misconfigured

_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
_PASSED_ON = ("x-forwarded-for", "x-forwarded-host", "forwarded")
_OWN_SITE = ("same-origin", "none")


class Dev:
    """Takes every request that comes from this machine, and from no page of another site."""

    scheme = "dev"

    def __init__(self, settings: Settings) -> None:
        if settings.in_azure or settings.host_environment != "Development":
            raise Misconfigured(
                "AUTH_MODE=dev is for laptops: it takes AZURE_FUNCTIONS_ENVIRONMENT=Development, and isn't taken in "
                "Azure. Set AUTH_MODE to keys or entra.",
                code="setting_invalid",
            )

    async def actor(self, asked: Asked) -> Actor:
        """See Authenticator."""
        headers = asked.headers
        if any(name in headers for name in _PASSED_ON):
            raise refused("not_from_here", "AUTH_MODE=dev takes no request that was passed on.")
        if _name(f"//{headers.get('host', '')}") not in _HERE:
            raise refused("not_from_here", "AUTH_MODE=dev takes requests to localhost only: look at the Host header.")
        origin = headers.get("origin")
        if origin is not None and _name(origin) not in _HERE:
            raise refused("not_from_here", "AUTH_MODE=dev takes no request of another site's page.")
        if headers.get("sec-fetch-site", "none") not in _OWN_SITE:
            raise refused("not_from_here", "AUTH_MODE=dev takes no request of another site's page.")
        return Actor("dev", frozenset({"admin"}), frozenset({EVERYTHING}))


def _name(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        _ = parts.port
        return parts.hostname
    except ValueError:
        return None
