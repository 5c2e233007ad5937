"""Clients: whose alert rules is a page about? The app's own, unless the address or the form names a client."""

from __future__ import annotations

from typing import Any

from api.console.visit import Visit
from operations.actor import EVERYTHING, client_scope


def named(visit: Visit) -> str | None:
    """Return the client that is named; None for the app's own rules."""
    return visit.form.get("client") or visit.query.get("client")


def of(client: str | None) -> dict[str, Any]:
    """Return whose rules operations are asked about."""
    return {} if client is None else {"client": client}


def scope(client: str | None) -> str:
    """Return the scope that an actor needs."""
    return EVERYTHING if client is None else client_scope(client)
