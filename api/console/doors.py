"""Doors: how each AUTH_MODE lets people into the console.

keys: an API key, typed into the sign-in page. dev: a browser on this machine is let in by itself. Others: nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from api.auth.dev import Dev
from api.auth.keys import Keys
from api.auth.port import Asked, Authenticator
from api.console.sessions import Session, begun
from api.problems import Problem, Stop
from operations.actor import Actor

KEY_BEGINS = 16
"""Characters of a key's SHA-256 that a session names."""


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
        return self._keys.standing(session.label, session.key_begins)

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
        return ShutDoor("With AUTH_MODE=entra the console can't be signed in to yet. Use the API or the commands.")
    return ShutDoor("Nobody may sign in: AUTH_MODE isn't set, or its settings are wrong. The log says which.")


def _without_origin_of_link(headers: Mapping[str, str]) -> Mapping[str, str]:
    is_link = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    if not is_link or "origin" in headers:
        return headers
    return {name: value for name, value in headers.items() if name != "sec-fetch-site"}
