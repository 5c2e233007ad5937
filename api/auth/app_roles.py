"""App roles: what a person or program may do, as the roles of an app registration in Entra say it.

A role is ``reader``, for everything, or ``reader/SCOPE``, such as ``reader/org:acme``. Each holds for its own scope
only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from operations.actor import EVERYTHING, ROLES, Actor, Role
from operations.api_keys import is_scope


def known(roles: Any) -> tuple[str, ...]:
    """Return those members of a token's claim ``roles`` that are roles of this app, each once."""
    listed = roles if isinstance(roles, list) else []
    return tuple(dict.fromkeys(text for text in map(str, listed) if _grant(text) is not None))


def actor_of(name: str, roles: Iterable[str]) -> Actor | None:
    """Return who has these roles; None when none of them is one of this app."""
    grants = [grant for text in roles if (grant := _grant(text)) is not None]
    if not grants:
        return None
    first, *others = [Actor(name, frozenset({role}), frozenset({scope})) for role, scope in grants]
    return Actor(name, first.roles, first.scopes, tuple(others))


def name_of(claims: dict[str, Any]) -> str:
    """Return what the holder of a token is called in the audit log: the same in every app of the tenant."""
    return f"entra:{claims.get('oid') or claims['sub']}"


def _grant(text: str) -> tuple[Role, str] | None:
    role, slash, scope = text.partition("/")
    if not slash:
        scope = EVERYTHING
    found = next((one for one in ROLES if one == role), None)
    return (found, scope) if found is not None and is_scope(scope) else None
