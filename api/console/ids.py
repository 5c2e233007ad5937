"""Ids of the console's pages: in addresses as the API writes them; owners as they are shown."""

from __future__ import annotations

from api.ids import encoded as part
from operations.scopes import meant

__all__ = ["owner", "part"]


def owner(text: str | None) -> str | None:
    """Return the owner that an operator means: a user, or as ``~run|…`` what the app itself owns. None stays None."""
    return meant(text) if text is not None else None
