"""Sessions: who signed in, as a signed text in a cookie. Nothing of a session is kept on the server.

The text names the key's label and the beginning of its SHA-256, never the key: whoever signs in is looked up again at
each request, so a key that was removed, or has expired, ends its sessions.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import clock

LASTS = timedelta(hours=12)
"""A working day: who comes back after it signs in again."""
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Session:
    """A session: whose (a key's label, the beginning of its SHA-256; both empty with AUTH_MODE=dev), and until when.

    `nonce` tells it from every other.
    """

    label: str
    key_begins: str
    until: datetime
    nonce: str


def begun(label: str, key_begins: str) -> Session:
    """Return a new session."""
    return Session(label, key_begins, clock.now() + LASTS, secrets.token_urlsafe(16))


class Sessions:
    """Signs sessions and reads them back; and makes the token that each change of a session carries."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode() if secret else secrets.token_bytes(32)

    def signed(self, session: Session) -> str:
        """Return a session as a cookie's value."""
        said = [session.label, session.key_begins, clock.to_text(session.until), session.nonce]
        text = _encoded(json.dumps(said, separators=(",", ":")).encode())
        return f"{text}.{_encoded(self._sign('session', text))}"

    def read(self, cookie: str | None) -> Session | None:
        """Return the session of a cookie; None for one that isn't ours or is over."""
        text, dot, signature = (cookie or "").partition(".")
        if not dot or len(text) + len(signature) > _LONGEST or not (text + signature).isascii():
            return None
        if not hmac.compare_digest(signature, _encoded(self._sign("session", text))):
            return None
        try:
            label, key_begins, until, nonce = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (binascii.Error, ValueError):
            return None
        session = Session(label, key_begins, clock.parse(until), nonce)
        return session if session.until > clock.now() else None

    def token(self, session: Session) -> str:
        """Return the token that forms of this session carry."""
        return self._sign("form", session.nonce).hex()

    def is_token(self, session: Session, given: str | None) -> bool:
        """Return whether a form's token is this session's."""
        return hmac.compare_digest((given or "").encode("utf-8", "surrogatepass"), self.token(session).encode())

    def _sign(self, purpose: str, text: str) -> bytes:
        return hmac.new(self._secret, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode("ascii").rstrip("=")
