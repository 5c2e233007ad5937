"""Doors: how each AUTH_MODE lets people into the console, but for those who sign in by Entra (entra.py).

keys: an API key, typed into the sign-in page. dev: a browser on this machine is let in by itself. Others: nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from api.auth.dev import Dev
from api.auth.keys import Keys
from api.auth.port import Asked, Authenticator
from api.console.sessions import Session, begun
from api.problems import Problem, Stop
from operations.actor import Actor
from shared.config import Settings
from shared.errors import Misconfigured
from shared.telemetry import event

if TYPE_CHECKING:
    from api.console.entra import Entra

KEY_BEGINS = 16
"""Characters of a key's SHA-256 that a session names."""
_log = logging.getLogger("nightshift.console")


class Door(Protocol):
    """The port. `asks_for_key`: whether there is something to type."""

    asks_for_key: bool

    async def opened(self, session: Session, headers: Mapping[str, str]) -> Actor | None:
        """Return who a session is; None when it is over. Raises Stop for a request that nothing would help."""
        ...

    async def by_itself(self, headers: Mapping[str, str]) -> Session | None:
        """Return a session for whoever needn't sign in; None when one has to."""
        ...

    async def sign_in(self, key: str) -> Session:
        """Return a session for a key. Raises Stop for one that isn't taken."""
        ...


class KeyDoor:
    """Takes API keys."""

    asks_for_key = True

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def opened(self, session: Session, headers: Mapping[str, str]) -> Actor | None:
        """See Door. The key is looked up by its label: one that was removed or replaced isn't found."""
        return self._keys.standing(session.label, session.proof)

    async def by_itself(self, headers: Mapping[str, str]) -> Session | None:
        """See Door."""
        return None

    async def sign_in(self, key: str) -> Session:
        """See Door."""
        found = self._keys.entry(key.strip())
        return begun(found.label, found.sha256[:KEY_BEGINS])


class OpenDoor:
    """Lets in every browser on this machine."""

    asks_for_key = False

    def __init__(self, dev: Dev) -> None:
        self._dev = dev

    async def opened(self, session: Session, headers: Mapping[str, str]) -> Actor | None:
        """See Door. A link of another site may lead here: nothing is changed by following it."""
        return await self._dev.actor(Asked(_without_origin_of_link(headers)))

    async def by_itself(self, headers: Mapping[str, str]) -> Session | None:
        """See Door."""
        await self._dev.actor(Asked(_without_origin_of_link(headers)))
        return begun("", "")

    async def sign_in(self, key: str) -> Session:
        """See Door."""
        return begun("", "")


class ShutDoor:
    """Lets nobody in, and says why."""

    asks_for_key = False

    def __init__(self, why: str) -> None:
        self.why = why

    async def opened(self, session: Session, headers: Mapping[str, str]) -> Actor | None:
        """See Door."""
        return None

    async def by_itself(self, headers: Mapping[str, str]) -> Session | None:
        """See Door."""
        return None

    async def sign_in(self, key: str) -> Session:
        """See Door."""
        raise Stop(Problem(403, "not_allowed", self.why))


def door_of(authenticator: Authenticator, *, has_secret: bool, in_azure: bool) -> Door:
    """Return the door of a mode."""
    if isinstance(authenticator, Keys):
        if in_azure and not has_secret:
            return ShutDoor("Set CONSOLE_SECRET: instances need one secret to know each other's sessions.")
        return KeyDoor(authenticator)
    if isinstance(authenticator, Dev):
        return OpenDoor(authenticator)
    if authenticator.scheme == "bearer":
        return ShutDoor(
            "With AUTH_MODE=entra people sign in by Entra ID, which isn't set up: see CONSOLE_ENTRA_CLIENT_ID."
        )
    return ShutDoor("Nobody may sign in: AUTH_MODE isn't set, or its settings are wrong. The log says which.")


def entra_of(authenticator: Authenticator, settings: Settings) -> Entra | None:
    """Return how people sign in by Entra; None where no setting asks for it, or one is wrong. The log says which."""
    takes_others = isinstance(authenticator, Keys) or authenticator.scheme == "bearer"
    if not settings.console_entra_client_id or not takes_others:
        return None
    from api.console.entra import Entra  # a tenth of a second that only its sign-in needs

    try:
        return Entra(settings)
    except Misconfigured as error:
        event(_log, logging.ERROR, "console can't be signed in to by entra", code=error.code, error=str(error))
        return None


def _without_origin_of_link(headers: Mapping[str, str]) -> Mapping[str, str]:
    is_link = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    if not is_link or "origin" in headers:
        return headers
    return {name: value for name, value in headers.items() if name != "sec-fetch-site"}
