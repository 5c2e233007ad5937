"""Route table: every route, who may call it, for whose things, and which operation it is.

A router declares a route only if it has its row here. `scope` says where the owner of what is asked for stands; the
operation asks for it (operations/actor.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from operations.actor import Role

V1 = "/api/v1"
Scope = Literal[
    "public",
    "everything",
    "user in path",
    "user in query",
    "user in body",
    "client in query",
    "org in query",
    "org in body",
    "scope in query",
]


@dataclass(frozen=True, slots=True)
class Row:
    """A route: its method and path below /api/v1, the role it takes (None: anybody), whose, and its operation."""

    method: str
    path: str
    role: Role | None
    scope: Scope
    operation: str

    @property
    def key(self) -> tuple[str, str]:
        """What names it."""
        return self.method, self.path


ROWS: tuple[Row, ...] = (
    Row("GET", "/health/live", None, "public", "none: the process answers"),
    Row("GET", "/health/ready", None, "public", "health.readiness.check"),
    Row("POST", "/jobs/taste-analysis", "producer", "user in body", "enqueue.taste_lines"),
    Row("GET", "/jobs", "reader", "user in query", "jobs.search"),
    Row("GET", "/jobs/{id}", "reader", "user in query", "jobs.get"),
    Row("POST", "/jobs/{id}/cancel", "operator", "user in query", "jobs.cancel"),
)
BY_KEY = {row.key: row for row in ROWS}
