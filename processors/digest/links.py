"""Signed links of a digest: what may whoever holds one do, without a key of the API?

One link allows one thing for one user: to see preferences, to unsubscribe or subscribe, or to say what one thinks of an
item of one digest. It is signed with DIGEST_LINK_KEY (HMAC-SHA256), so nobody can make one for another user. Scanners
of mail follow links: GET only shows, POST does it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from processors.digest.model import Verdict
from shared.config import Settings
from shared.errors import Misconfigured, NotFound

PATH = "/api/v1/links/"
Act = Literal["preferences", "unsubscribe", "subscribe", "up", "down"]
VERDICTS: tuple[str, ...] = get_args(Verdict)
LEAST_KEY_CHARACTERS = 32
_MOST_CHARACTERS = 2_048


class Allowed(BaseModel):
    """What a link allows: an act for a user, a verdict on an item of the digest of a week."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    act: Act
    user: str
    item: str = ""
    week: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """The links of one user's digest of a week. `base` is the API's address, https and without a path."""

    base: str
    key: str
    user: str
    week: str

    @property
    def preferences(self) -> str:
        """The page where the user says whether digests are wanted."""
        return self._to(Allowed(act="preferences", user=self.user))

    @property
    def unsubscribe(self) -> str:
        """The link that takes the one-click POST of RFC 8058, too."""
        return self._to(Allowed(act="unsubscribe", user=self.user))

    def verdict(self, item: str, verdict: Verdict) -> str:
        """Return the link that says what the user thinks of an item."""
        return self._to(Allowed(act=verdict, user=self.user, item=item, week=self.week))

    def _to(self, allowed: Allowed) -> str:
        return f"{self.base.rstrip('/')}{PATH}{token_of(allowed, self.key)}"


def links_of(settings: Settings, user: str, week: str) -> Links | None:
    """Return the links of a digest; None where DIGEST_LINK_KEY or DIGEST_API_URL isn't set.

    Raises Misconfigured for a key that is too short.
    """
    if not (settings.digest_link_key and settings.digest_api_url):
        return None
    if len(settings.digest_link_key) < LEAST_KEY_CHARACTERS:
        raise Misconfigured(
            f"DIGEST_LINK_KEY is shorter than {LEAST_KEY_CHARACTERS} characters. Make one: openssl rand -hex 32",
            code="setting_invalid",
        )
    return Links(settings.digest_api_url, settings.digest_link_key, user, week)


def token_of(allowed: Allowed, key: str) -> str:
    """Return the signed text of what a link allows."""
    said = json.dumps(allowed.model_dump(exclude_defaults=True), sort_keys=True, separators=(",", ":")).encode()
    return f"{_text(said)}.{_text(_signature(said, key))}"


def read(token: str, key: str) -> Allowed:
    """Return what a link allows. Raises NotFound `link_unknown` for one that wasn't signed with the key."""
    unknown = NotFound("This link isn't whole, or isn't ours. Open it from the mail once more.", code="link_unknown")
    if len(key) < LEAST_KEY_CHARACTERS or len(token) > _MOST_CHARACTERS:
        raise unknown
    try:
        said, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))
        if not hmac.compare_digest(signature, _signature(said, key)):
            raise unknown
        return Allowed.model_validate_json(said)
    except (ValueError, ValidationError):
        raise unknown from None


def _signature(said: bytes, key: str) -> bytes:
    return hmac.new(key.encode(), b"nightshift digest link 1|" + said, hashlib.sha256).digest()


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
