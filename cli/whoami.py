"""Who types: the actor of this machine's command line, kept in timelines and audit lines."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from operations.actor import Actor


def actor() -> Actor:
    """Return who runs this command, as ``cli:name``: whoever holds the settings' keys may do everything."""
    from operations.actor import EVERYTHING, Actor

    return Actor(_name(), frozenset({"admin"}), frozenset({EVERYTHING}))


def _name() -> str:
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):  # a container's user may have no name
        return "cli:unknown"
