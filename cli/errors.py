"""How a command ends that could not do what it was asked.

Every error of the product is caught at one place, `cli.main`: `UsageError` exits 2, all others exit 1. remedies.py says
what to do about each.
"""

from __future__ import annotations

from shared.errors import NightshiftError


class Failed(NightshiftError):
    """The command was understood and could not be done. The message says what to do next. Exits 1."""
