"""Refusals: why did a service of Azure say no? By its error code, or, of Cosmos DB, by its words.

Storage has codes: https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes. Cosmos DB has its
status alone; its sentences name the principal and the action that a role is missing for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from shared.errors import NightshiftError

Why = Literal["role", "network", "keys are off", "credential", "unknown"]

_WHY: dict[str, Why] = {
    "AuthorizationPermissionMismatch": "role",
    "AuthorizationFailure": "network",
    "KeyBasedAuthenticationNotPermitted": "keys are off",
    "AuthenticationFailed": "credential",
    "InvalidAuthenticationInfo": "credential",
    "NoAuthenticationInformation": "credential",
}
_PRINCIPAL = re.compile(r"principal \[([^\]]+)\]")
_ACTION = re.compile(r"action \[([^\]]+)\]")
_OF_COSMOS: tuple[tuple[str, Why], ...] = (
    ("RBAC permissions", "role"),
    ("firewall", "network"),
    ("Local Authorization is disabled", "keys are off"),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no: why, in the service's own word, and whom and what it names."""

    why: Why
    word: str
    principal: str | None = None
    action: str | None = None


def read(error: NightshiftError) -> Refusal | None:
    """Return the refusal that `error` is; None when it is none."""
    if not error.code.endswith("_denied"):
        return None
    cause = error.__cause__
    code = getattr(cause, "error_code", None)
    if code:
        word = str(getattr(code, "value", code))  # the SDK has a member of an enumeration for those that it knows
        return Refusal(_WHY.get(word, "unknown"), word)
    text = str(getattr(cause, "http_error_message", None) or "")
    for words, why in _OF_COSMOS:
        if words in text:
            return Refusal(why, _words(why, text), _found(_PRINCIPAL, text), _found(_ACTION, text))
    status = getattr(cause, "status_code", None)
    return Refusal("unknown", f"status {status}") if status else Refusal("credential", "no token")


def _words(why: Why, text: str) -> str:
    return "RBAC permissions" if why == "role" else text.strip().splitlines()[0][:200]


def _found(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match[1] if match else None
