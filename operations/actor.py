"""Actors: who asks for an operation, and what that allows.

A role says what may be done, a scope to whom. Both are asked for at one place, `Actor.require`, which every operation
calls before it reads or changes anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.documents.ids import Own
from shared.errors import NotAllowed

Role = Literal["producer", "reader", "operator", "admin"]
ROLES: tuple[Role, ...] = ("producer", "reader", "operator", "admin")
"""producer enqueues and ingests; reader reads; operator repairs and holds back; admin changes what is configured."""

EVERYTHING = "*"
"""The scope of what concerns more than one owner."""

_IMPLIED: dict[Role, frozenset[Role]] = {
    "producer": frozenset({"producer"}),
    "reader": frozenset({"reader"}),
    "operator": frozenset({"operator", "reader"}),
    "admin": frozenset(ROLES),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a `name` for audit lines and timelines, and the `roles` and `scopes` that were granted.

    A scope is ``*``, ``user:ID``, ``client:ID``, ``org:ID``, ``merchant:ID`` or ``reseller:ID``. Roles that were
    granted for other scopes are in `others`, actors of their own: no role is for another's scope.
    """

    name: str
    roles: frozenset[Role]
    scopes: frozenset[str] = frozenset()
    others: tuple[Actor, ...] = ()

    def may(self, role: Role, scope: str = EVERYTHING) -> bool:
        """Return whether the actor has `role` for `scope`."""
        if self._has(role) and not self.scopes.isdisjoint({scope, EVERYTHING}):
            return True
        return any(other.may(role, scope) for other in self.others)

    def is_a(self, role: Role) -> bool:
        """Return whether the actor has `role` for anything."""
        return (self._has(role) and bool(self.scopes)) or any(other.is_a(role) for other in self.others)

    def require(self, role: Role, scope: str = EVERYTHING) -> None:
        """Raise NotAllowed unless the actor has `role` for `scope`."""
        if not self.may(role, scope):
            whose = "everything" if scope == EVERYTHING else scope
            raise NotAllowed(
                f"{self.name} may not do this: it takes the role {role} for {whose}.",
                code="not_allowed",
                fields={"role": role, "scope": scope},
            )

    def _has(self, role: Role) -> bool:
        return any(role in _IMPLIED[own] for own in self.roles)


def user_scope(user: str | None) -> str:
    """Return the scope of one user's things; of everybody's for None."""
    return EVERYTHING if user is None else f"user:{user}"


def client_scope(client: str) -> str:
    """Return the scope of one client's things; the app's own are everybody's."""
    name = client_name(client)
    return EVERYTHING if name is None else f"client:{name}"


def client_name(client: str) -> str | None:
    """Return a client's name as people see it; None for the app's own."""
    return None if isinstance(client, Own) else client
