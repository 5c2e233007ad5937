"""API keys: making one, and reading those that the setting API_KEYS holds.

The setting is a JSON list; a key itself is shown once, when it is made, and is kept nowhere.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from operations.actor import EVERYTHING, ROLES, Actor, Role
from shared import clock
from shared.errors import Misconfigured, UsageError
from shared.suggestion import did_you_mean

SETTING = "API_KEYS"
_PREFIX = "nsk_"
_BYTES = 32
LONGEST = timedelta(days=2 * 366)
_KINDS = ("user", "client", "org", "merchant", "reseller")
_MEMBERS = {"label", "role", "scopes", "expires", "sha256"}
_is_label = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}").fullmatch
_is_scope = re.compile(rf"(?:{'|'.join(_KINDS)}):[^\x00-\x1f\x7f]{{1,512}}").fullmatch
_is_sha256 = re.compile(r"[0-9a-f]{64}").fullmatch


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as the setting has it: what it is called, what it allows, until when, and its SHA-256 in hexadecimal."""

    label: str
    role: Role
    scopes: tuple[str, ...]
    expires: datetime
    sha256: str

    @property
    def actor(self) -> Actor:
        """Who asks with it."""
        return Actor(f"key:{self.label}", frozenset({self.role}), frozenset(self.scopes))

    def entry(self) -> dict[str, Any]:
        """Return it as an entry of the setting."""
        return {
            "label": self.label,
            "role": self.role,
            "scopes": list(self.scopes),
            "expires": clock.to_text(self.expires),
            "sha256": self.sha256,
        }


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was made: the `key` itself, to be given to its caller, and its entry for the setting."""

    key: str
    entry: ApiKey


def new(label: str, role: str, scopes: Sequence[str], lasts: timedelta) -> NewKey:
    """Return a new key. Raises UsageError for a label, role, scope or time that can't be. Stores nothing."""
    if lasts <= timedelta() or lasts > LONGEST:
        raise UsageError(f"A key lasts up to {LONGEST.days} days.", code="time_too_long")
    key = _PREFIX + secrets.token_urlsafe(_BYTES)
    made = {
        "label": label,
        "role": role,
        "scopes": list(scopes),
        "expires": clock.text_now(lasts),
        "sha256": hashlib.sha256(key.encode()).hexdigest(),
    }
    try:
        return NewKey(key, _read(made))
    except ValueError as error:
        raise UsageError(f"{error}.", code="key_invalid") from None


def read(text: str) -> tuple[ApiKey, ...]:
    """Return the keys of the setting. Raises Misconfigured that says which entry is wrong, without showing it."""
    if not text.strip():
        return ()
    try:
        listed = json.loads(text)
    except ValueError as error:
        raise _wrong(f"isn't JSON ({error})") from None
    if not isinstance(listed, list):
        raise _wrong("isn't a JSON list of keys")
    keys: list[ApiKey] = []
    for number, entry in enumerate(listed, 1):
        try:
            keys.append(_read(entry))
        except ValueError as error:
            raise _wrong(f"has an invalid entry {number}: {error}") from None
    if len({key.label for key in keys}) < len(keys) or len({key.sha256 for key in keys}) < len(keys):
        raise _wrong("has a key or a label twice")
    return tuple(keys)


def _read(entry: Any) -> ApiKey:
    """Return the key of an entry. Raises ValueError that says what is wrong with it."""
    if not isinstance(entry, dict) or set(entry) != _MEMBERS:
        raise ValueError(f"it takes exactly {', '.join(sorted(_MEMBERS))}")
    label, role, scopes, digest = entry["label"], entry["role"], entry["scopes"], entry["sha256"]
    if not isinstance(label, str) or not _is_label(label):
        raise ValueError("a label has 1 to 64 letters, digits and . _ -")
    if role not in ROLES:
        raise ValueError(f"there is no role {role!r}.{did_you_mean(str(role), ROLES)} Roles are {', '.join(ROLES)}")
    if not isinstance(scopes, list) or not scopes or not all(is_scope(one) for one in scopes):
        raise ValueError(f"scopes are {EVERYTHING} (for everything) or KIND:ID, KIND one of {', '.join(_KINDS)}")
    if not isinstance(digest, str) or not _is_sha256(digest):
        raise ValueError("sha256 takes 64 hexadecimal digits")
    try:
        expires = clock.parse(entry["expires"])
    except (TypeError, ValueError):
        raise ValueError("expires takes an instant, such as 2027-01-31T00:00:00.000Z") from None
    return ApiKey(label, role, tuple(scopes), expires, digest)


def is_scope(text: object) -> bool:
    """Return whether a text is a scope that may be granted."""
    return isinstance(text, str) and (text == EVERYTHING or _is_scope(text) is not None)


def _wrong(what: str) -> Misconfigured:
    return Misconfigured(f"Setting {SETTING} {what}.", code="setting_invalid")
