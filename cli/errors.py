"""How does a command end that could not do what it was asked?

Every error of the product is caught at one place, `cli.main`: `UsageError` exits 2, all others exit 1. Their texts say
what to do next.
"""

from __future__ import annotations

from shared.errors import NightshiftError


class Failed(NightshiftError):
    """The command was understood and could not be done. The message says what to do next. Exits 1."""


class NotFound(Failed):
    """There is no such job, profile or dead letter."""
