"""Who types? Kept in timelines and audit lines."""

from __future__ import annotations

import getpass


def operator() -> str:
    """Return who runs this command, as ``cli:name``."""
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):  # a container's user may have no name
        return "cli:unknown"
