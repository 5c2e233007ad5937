"""Sessions: who signed in, as a signed text in a cookie. Nothing of a session is kept on the server.

Of a key the text names the label and the beginning of its SHA-256, never the key: whoever signs in is looked up again
at each request, so a key that was removed, or has expired, ends its sessions. Of who signed in by Entra it has the
roles, which nobody can be asked for later: such a session is shorter.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.console.seal import Seal
from shared import clock

LASTS = timedelta(hours=12)
"""A working day: who comes back after it signs in again."""
LASTS_BY_ROLES = timedelta(hours=4)
"""How long a role that is taken away may still hold. A browser that the tenant knows signs in again by one click."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session: whose, and until when. `nonce` tells it from every other.

    Of a key: its label, and as `proof` the beginning of its SHA-256. Of Entra: the holder's name in the audit log, as
    `proof` the tenant and the app that the sign-in was for, the `roles`, and what the page calls the holder (`shown`).
    With AUTH_MODE=dev all are empty.
    """

    label: str
    proof: str
    until: datetime
    nonce: str
    roles: tuple[str, ...] = ()
    shown: str = ""

    @property
    def lasts(self) -> timedelta:
        """How long a browser keeps it."""
        return LASTS_BY_ROLES if self.roles else LASTS


def begun(label: str, proof: str) -> Session:
    """Return a new session of a key, or of a laptop's own browser."""
    return Session(label, proof, clock.now() + LASTS, secrets.token_urlsafe(16))


def begun_by_roles(label: str, proof: str, roles: tuple[str, ...], shown: str) -> Session:
    """Return a new session of somebody whose roles Entra told."""
    return Session(label, proof, clock.now() + LASTS_BY_ROLES, secrets.token_urlsafe(16), roles, shown)


class Sessions:
    """Signs sessions and reads them back; and makes the token that each change of a session carries."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def signed(self, session: Session) -> str:
        """Return a session as a cookie's value."""
        until = clock.to_text(session.until)
        said = [session.label, session.proof, until, session.nonce, session.roles, session.shown]
        return self._seal.closed("session", said)

    def read(self, cookie: str | None) -> Session | None:
        """Return the session of a cookie; None for one that isn't ours or is over."""
        try:
            label, proof, until, nonce, roles, shown = self._seal.opened("session", cookie)
        except ValueError:
            return None
        session = Session(label, proof, clock.parse(until), nonce, tuple(roles), shown)
        return session if session.until > clock.now() else None

    def token(self, session: Session) -> str:
        """Return the token that forms of this session carry."""
        return self._seal.signature("form", session.nonce).hex()

    def is_token(self, session: Session, given: str | None) -> bool:
        """Return whether a form's token is this session's."""
        return hmac.compare_digest((given or "").encode("utf-8", "surrogatepass"), self.token(session).encode())
