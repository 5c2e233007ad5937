"""Queue port: what does the app ask of its queues?

Receiving is the Functions host's business; the app only sends, postpones and counts. Messages are texts, sent as they
are (host.json says messageEncoding "none") and never expire (TTL −1: the service's default loses them after 7 days).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery of one message: what the host hands to a queue function."""

    queue: str
    body: bytes
    id: str
    pop_receipt: str
    dequeue_count: int
    put_at: datetime
    """When the queue got the message (aware, UTC)."""


class Queues(Protocol):
    """The port. Every method raises `Unavailable` when the queue service can't be reached or answers 5xx."""

    async def send(self, queue: str, body: str, *, delay: timedelta = timedelta()) -> str:
        """Put a message that becomes visible after `delay`; return its id. Raises Misconfigured without the queue."""
        ...

    async def postpone(self, delivery: Delivery, delay: timedelta) -> str:
        """Let the message come back after `delay`; return its receipt from then on.

        A receipt that is out of date raises PreconditionFailed.
        """
        ...

    async def depth(self, queue: str) -> int | None:
        """Return about how many messages the queue holds, hidden ones included; None when there is no such queue."""
        ...

    async def oldest(self, queue: str) -> datetime | None:
        """Return when the queue got the oldest message that is visible; None when none is, or there is no queue."""
        ...

    async def ensure(self, queue: str) -> bool:
        """Create the queue if there is none; return whether it was created."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...
