"""Seal: short lists of values that browsers keep for the console, signed, so that nobody else can have made them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from typing import Any

LONGEST = 3_800
"""Characters: a browser keeps 4,096 of a cookie, its name and attributes among them."""


class Seal:
    """Signs with a secret; without one, with one of its own, which no other process knows.

    What was signed for one purpose isn't taken for another.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode() if secret else secrets.token_bytes(32)

    def closed(self, purpose: str, values: Sequence[Any]) -> str:
        """Return JSON values as a text that a cookie can hold."""
        text = _encoded(json.dumps(values, separators=(",", ":")).encode())
        return f"{text}.{_encoded(self.signature(purpose, text))}"

    def opened(self, purpose: str, text: str | None) -> list[Any]:
        """Return the values of a text. Raises ValueError for one that wasn't signed here for this purpose."""
        said, dot, signature = (text or "").partition(".")
        if not dot or len(said) + len(signature) > LONGEST or not (said + signature).isascii():
            raise ValueError("no signed text")
        if not hmac.compare_digest(signature, _encoded(self.signature(purpose, said))):
            raise ValueError("another signature")
        try:
            values = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
        except binascii.Error as error:
            raise ValueError("no base64") from error
        if not isinstance(values, list):
            raise ValueError("no list")
        return values

    def signature(self, purpose: str, text: str) -> bytes:
        """Return the signature of a text."""
        return hmac.new(self._secret, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode("ascii").rstrip("=")
