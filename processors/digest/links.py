"""Signed links of a digest: what may whoever holds one do, without a key of the API?

One link allows one thing for one user: to see preferences, to unsubscribe or subscribe, or to say what one thinks of an
item of one digest. It is signed with the first key of DIGEST_LINK_KEY (HMAC-SHA256), so nobody can make one for another
user; the other keys are of older mails. Scanners of mail follow links: GET only shows, POST does it.

Links for feedback end 90 days after the digest's Monday, when what was said of it is forgotten, too. Unsubscribing
works as long as there is its key: CAN-SPAM (15 U.S.C. 7704(a)(3)(A)(ii)) asks for 30 days at least, and RFC 8058 for an
address that needs nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from processors.digest.model import Verdict
from processors.digest.wording import monday
from shared import clock
from shared.config import Settings
from shared.errors import Misconfigured, NotFound

PATH = "/api/v1/links/"
Act = Literal["preferences", "unsubscribe", "subscribe", "up", "down"]
VERDICTS: tuple[str, ...] = get_args(Verdict)
LEAST_KEY_CHARACTERS = 32
FEEDBACK_FOR = timedelta(days=90)
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
    """The links of one user's digest of a week. `base` is the API's address, https and without a path.

    Below them stands the sender's postal address, if there is one.
    """

    base: str
    key: str
    user: str
    week: str
    postal_address: str = ""

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
    keys = keys_of(settings)
    if not (keys and settings.digest_api_url):
        return None
    if any(len(key) < LEAST_KEY_CHARACTERS for key in keys):
        raise Misconfigured(
            f"DIGEST_LINK_KEY has a key of less than {LEAST_KEY_CHARACTERS} characters. Take: openssl rand -hex 32",
            code="setting_invalid",
        )
    return Links(settings.digest_api_url, keys[0], user, week, settings.digest_postal_address)


def keys_of(settings: Settings) -> tuple[str, ...]:
    """Return the keys of links: the first signs, all are taken."""
    return tuple(key for part in settings.digest_link_key.split(",") if (key := part.strip()))


def token_of(allowed: Allowed, key: str) -> str:
    """Return the signed text of what a link allows."""
    said = json.dumps(allowed.model_dump(exclude_defaults=True), sort_keys=True, separators=(",", ":")).encode()
    return f"{_text(said)}.{_text(_signature(said, key))}"


def read(token: str, keys: Iterable[str]) -> Allowed:
    """Return what a link allows.

    Raises NotFound `link_unknown` for one that wasn't signed with one of the keys, `link_expired` for one that ended.
    """
    unknown = NotFound("This link isn't whole, or isn't ours. Open it from the mail once more.", code="link_unknown")
    if len(token) > _MOST_CHARACTERS:
        raise unknown
    try:
        said, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))
        signed = [_signature(said, key) for key in keys if len(key) >= LEAST_KEY_CHARACTERS]
        if not any(hmac.compare_digest(signature, one) for one in signed):
            raise unknown
        allowed = Allowed.model_validate_json(said)
    except (ValueError, ValidationError):
        raise unknown from None
    if allowed.act in VERDICTS and clock.now().date() > monday(allowed.week) + FEEDBACK_FOR:
        raise NotFound("This digest is too old for feedback: say it of a newer one.", code="link_expired")
    return allowed


def _signature(said: bytes, key: str) -> bytes:
    return hmac.new(key.encode(), b"nightshift digest link 1|" + said, hashlib.sha256).digest()


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
