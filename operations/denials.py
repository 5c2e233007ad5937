"""Denials: who was refused what, in the audit log."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared import audit, clock
from shared.documents.port import Documents

MOST_A_MINUTE = 60
"""Lines that one process writes: whoever tries keys by the thousand must not fill the store."""


class Denials:
    """Writes the denials of one process, and counts those that it leaves out."""

    def __init__(self) -> None:
        self._minute: datetime | None = None
        self._written = 0
        self._left_out = 0

    async def note(self, documents: Documents, *, who: str, what: str, code: str, request: str) -> None:
        """Record that `who` was refused `what` (a route, not an address: that may hold a user's id), and why."""
        now = clock.now()
        if self._minute is None or now - self._minute >= timedelta(minutes=1):
            self._minute, self._written = now, 0
        if self._written >= MOST_A_MINUTE:
            self._left_out += 1
            return
        self._written += 1
        left_out, self._left_out = self._left_out, 0
        await audit.write(
            documents, "deny request", by=who, of=what, why=code, request=request, leftOut=left_out or None
        )
