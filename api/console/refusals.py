"""Refusals: how a person isn't let in who came by Entra."""

from __future__ import annotations

import re

from api.problems import Problem, Stop

OUTDATED = Problem(
    403, "sign_in_outdated", "This sign-in wasn't begun in this browser, was used, or took too long. Begin it again."
)
_is_word = re.compile(r"[a-z_]{1,40}").fullmatch


class WithoutRole(Stop):
    """Somebody of the tenant who has no role of this app: `name` is theirs in the audit log."""

    def __init__(self, problem: Problem, name: str) -> None:
        super().__init__(problem)
        self.name = name


def word(error: object) -> str:
    """Return a tenant's word for what went wrong, if it is one that may be shown."""
    return error if isinstance(error, str) and _is_word(error) else "unknown"


def not_signed_in(error: object) -> Stop:
    """Return the problem of a person whom the tenant didn't sign in, with its word for it."""
    return Stop(Problem(401, "sign_in_refused", f"Entra ID didn't sign you in ({word(error)}). Try again."))
