"""A sign-in that has begun: what the browser keeps while it is at Entra, so that its return is known for its own.

It is kept in the session's cookie: the session takes its place, so a return that was used isn't taken again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.console.seal import Seal
from shared import clock

LASTS = timedelta(minutes=10)
"""Enough for a password and a second factor."""
_LONGEST_PAGE = 1_000
_PURPOSE = "sign-in"


@dataclass(frozen=True, slots=True)
class BegunSignIn:
    """What was sent along (`state`, `nonce`), what wasn't (`verifier`), and the page that it leads `to`."""

    state: str
    nonce: str
    verifier: str
    to: str
    until: datetime

    @property
    def challenge(self) -> str:
        """The PKCE challenge of its verifier, by S256 (RFC 7636, section 4.2)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")

    def is_state(self, given: str | None) -> bool:
        """Return whether a return is this sign-in's."""
        return _is_same(given, self.state)

    def is_nonce(self, given: object) -> bool:
        """Return whether a token was made for this sign-in."""
        return isinstance(given, str) and _is_same(given, self.nonce)


def begun(to: str) -> BegunSignIn:
    """Return a new sign-in that leads to a page of the console; to the overview when its address is too long."""
    state, nonce, verifier = (secrets.token_urlsafe(length) for length in (24, 24, 48))
    return BegunSignIn(state, nonce, verifier, to if len(to) <= _LONGEST_PAGE else "", clock.now() + LASTS)


def signed(seal: Seal, sign_in: BegunSignIn) -> str:
    """Return it as a cookie's value."""
    until = clock.to_text(sign_in.until)
    return seal.closed(_PURPOSE, [sign_in.state, sign_in.nonce, sign_in.verifier, sign_in.to, until])


def read(seal: Seal, cookie: str | None) -> BegunSignIn | None:
    """Return the sign-in of a cookie; None for one that isn't ours or took too long."""
    try:
        state, nonce, verifier, to, until = seal.opened(_PURPOSE, cookie)
    except ValueError:
        return None
    sign_in = BegunSignIn(state, nonce, verifier, to, clock.parse(until))
    return sign_in if sign_in.until > clock.now() else None


def _is_same(given: str | None, own: str) -> bool:
    return hmac.compare_digest((given or "").encode("utf-8", "surrogatepass"), own.encode())
