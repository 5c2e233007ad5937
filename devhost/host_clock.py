"""Clock of the timers: the machine's, or for tests a time some way off, which they need not wait for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# The machine's clock may be set, and goes on while the machine sleeps; a long wait is cut so as to see that.
_LONGEST_SLEEP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class HostClock:
    """UTC, `offset` later than the machine's clock. `early` is how long before its instant a wait for it ends."""

    offset: timedelta = timedelta()
    early: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the instant, aware, in UTC."""
        return datetime.now(UTC) + self.offset

    async def wait_until(self, instant: datetime) -> None:
        """Return at `instant`, or `early` before it."""
        while True:
            left = (instant - self.early - self.now()).total_seconds()
            if left <= 0:
                return
            await asyncio.sleep(min(left, _LONGEST_SLEEP_SECONDS))
