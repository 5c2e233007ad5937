"""Queue traffic: has a queue grown since the last look, and how many of its jobs ended in the last hour?

Told from what is recorded anyway: the looks of the watch over jobs, and the roll-ups of ended jobs. Nothing counts
messages as they come in; what came in is what has ended and the change of the depth together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from operations.actor import Actor
from processors.catalogue import watched
from processors.health import memory
from processors.health.depth import Depth
from processors.health.watched import WatchedQueue
from processors.metrics import series
from processors.metrics.completeness import complete_up_to
from shared.services import Services
from shared.usage.places import APP

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Change:
    """By how many messages a queue has grown (or, less than 0, shrunk) between two looks, `over` a time, the last at
    `at`."""

    messages: int
    over: timedelta
    at: datetime


@dataclass(frozen=True, slots=True)
class Traffic:
    """A queue's last `change`, and how many jobs of it `ended` in the hour; None for what isn't recorded."""

    change: Change | None
    ended: int | None


@dataclass(frozen=True, slots=True)
class Traffics:
    """The traffic of queues, by name; `hour` is when the last hour begins of which all endings are known."""

    hour: datetime
    queues: Mapping[str, Traffic]


async def read(services: Services, by: Actor) -> Traffics:
    """Return the traffic of the app's queues. Raises Unavailable when the document store or a queue fails."""
    by.require("reader")
    documents = services.documents
    complete = await complete_up_to(documents, services.queues, services.settings)
    end = complete.at.replace(minute=0, second=0, microsecond=0)
    asked = series.asked(APP, end - _HOUR, end, metric="jobs_ended", source="hour")
    ended: dict[str, int] = {}
    async for found in series.tallies(documents, asked):
        ended[found.key.project] = ended.get(found.key.project, 0) + found.tally.count
    looks = await memory.read(documents)
    depths = looks.depths if looks else {}
    queues: dict[str, list[WatchedQueue]] = {}
    for one in watched(services.settings).queues:
        queues.setdefault(one.name, []).append(one)
    of_each = {
        name: Traffic(
            change(depths.get(name, ())),
            sum(ended.get(one.kind, 0) for one in its) if all(one.recorded for one in its) else None,
        )
        for name, its in queues.items()
    }
    return Traffics(end - _HOUR, of_each)


def change(looks: Sequence[Depth]) -> Change | None:
    """Return how a depth has changed between the last two looks; None when there weren't two."""
    if len(looks) < 2:
        return None
    before, last = looks[-2:]
    return Change(last.messages - before.messages, last.at - before.at, last.at)
