"""Planning: how do marks come to the workers?

At each tick every mark becomes part of a message, the oldest first, whether or not one of it is still on its way: the
planner remembers nothing, so nothing that it believes can be wrong. While the queue holds a thousand messages it leaves
the rest to the next tick.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from shared import clock, lanes
from shared.documents.containers import ROLLUP_WORK
from shared.documents.port import Body, Documents
from shared.queues.port import Queues
from shared.rollups import marks
from shared.rollups.marks import Mark, Standing
from shared.telemetry import signals

MOST_MARKS = 64
"""Marks that one message names."""
MOST_MESSAGES = 1000
"""While the queue holds more than that, nothing is enqueued."""
_BATCH = 1000
"""Marks that are grouped by organisation and kind at once."""

_log = logging.getLogger("nightshift.rollups")


@dataclass(frozen=True, slots=True)
class Planned:
    """What a tick did: marks enqueued in so many messages, of so many organisations, and marks that it left.

    `oldest` is since when the oldest mark stands; None without one.
    """

    marks: int
    messages: int
    organisations: int
    left: int
    oldest: datetime | None

    def to_body(self) -> Body:
        """Return it as the heartbeat keeps it."""
        return {**asdict(self), "oldest": clock.to_text(self.oldest) if self.oldest else None}


async def enqueue_marks(documents: Documents, queues: Queues, queue: str) -> Planned:
    """Enqueue every mark, the oldest first, unless the queue is full. Raises Unavailable when store or queue fail."""
    waiting = await queues.depth(queue) or 0
    sent = messages = 0
    organisations: set[str] = set()
    oldest: datetime | None = None
    batch: list[Standing] = []

    async def send(work: Sequence[Mark]) -> None:
        with signals.current().sending(queue, None) as traceparent:
            await queues.send(queue, _message(work, traceparent))

    async def flush() -> None:
        nonlocal sent, messages
        together = list(groups(batch))
        await lanes.run(together, lambda group: group[0].bucket, send)
        sent, messages = sent + len(batch), messages + len(together)
        organisations.update(mark.mark.org for mark in batch)
        batch.clear()

    async for document in documents.query(ROLLUP_WORK, order_by="since"):
        standing = marks.standing(document)
        oldest = oldest or standing.since
        if waiting + messages > MOST_MESSAGES:
            break
        batch.append(standing)
        if len(batch) == _BATCH:
            await flush()
    await flush()
    left = max(0, await documents.count(ROLLUP_WORK) - sent) if waiting + messages > MOST_MESSAGES else 0
    _log.info(
        "%d marks of %d organisations enqueued in %d messages; %d marks left, the oldest since %s",
        sent, len(organisations), messages, left, oldest,
    )  # fmt: skip
    return Planned(sent, messages, len(organisations), left, oldest)


def groups(batch: Sequence[Standing]) -> Iterator[list[Mark]]:
    """Yield the marks of a batch by organisation and kind, as many at once as a message names."""
    found: dict[tuple[str, str], list[Mark]] = {}
    for standing in batch:
        found.setdefault((standing.mark.org, standing.mark.kind), []).append(standing.mark)
    for group in found.values():
        for first in range(0, len(group), MOST_MARKS):
            yield group[first : first + MOST_MARKS]


def _message(work: Sequence[Mark], traceparent: str | None) -> str:
    members = {"orgId": work[0].org, "kind": work[0].kind, "marks": [mark.bucket for mark in work]}
    return json.dumps(members | ({"traceparent": traceparent} if traceparent else {}))
