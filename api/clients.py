"""Clients: whose alert rules is a request about? The app's own, unless it names a client."""

from __future__ import annotations

from typing import Any

from operations.actor import EVERYTHING, client_scope


def of(client: str | None) -> dict[str, Any]:
    """Return whose rules operations are asked about."""
    return {} if client is None else {"client": client}


def scope(client: str | None) -> str:
    """Return the scope that an actor needs."""
    return EVERYTHING if client is None else client_scope(client)
