"""Traffic of a queue: how much is in front of a job, and how long does that take?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from shared.lengths import length

LOOKED_BACK = timedelta(minutes=10)
"""The rate is that of so long."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many messages the job's queue holds, about and hidden ones included, and how many of its kind's jobs ended
    in the last ten minutes. None: nobody could say.
    """

    depth: int | None = None
    ended: int | None = None

    @property
    def ahead(self) -> int | None:
        """How many messages are in the queue beside the job's own."""
        return None if self.depth is None else max(0, self.depth - 1)

    @property
    def rate_per_minute(self) -> float | None:
        """How many jobs ended a minute."""
        return None if self.ended is None else round(self.ended / (LOOKED_BACK.total_seconds() / 60), 2)


def told(traffic: Traffic, *, moves: bool) -> str | None:
    """Return what is in front of a job, and, if the queue `moves`, about how long that takes; None when unknown."""
    ahead = traffic.ahead
    if ahead is None:
        return None
    if ahead == 0:
        return "nothing is ahead of it"
    said = f"about {ahead} message{'s' * (ahead != 1)} ahead"
    if not moves or traffic.ended is None:
        return said
    if traffic.ended == 0:
        return f"{said}, and nothing of its kind has ended in the last ten minutes"
    return f"{said}, about {length(LOOKED_BACK * ahead / traffic.ended)} at the last ten minutes' rate"
