"""Memory of the watch: what it has to know of its earlier looks.

One document: depths and the oldest unfinished job at the last looks, and since when a gate or a poison queue has been
seen as it is. Looks that follow each other too closely count as one: two hosts' watches, or a person's look between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from processors.health import depth, unfinished
from processors.health.check import Unknown
from processors.health.depth import Depth
from processors.health.unfinished import Oldest
from shared import clock, skew
from shared.documents.compare_and_set import change
from shared.documents.containers import JOB_HEALTH
from shared.documents.port import Body, Documents
from shared.documents.shapes import Shape
from shared.jobs.gates import Gate

ID = "looks"
SHAPE = Shape("memory of the watch over jobs", 1)
SPACING = timedelta(minutes=2)
GAP = timedelta(minutes=15)
"""When nobody has looked for so long, nothing ran, most likely: timers are given their time anew."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered: since when jobs are watched without a gap (`since`), when they were looked at last (None:
    never)."""

    since: datetime
    at: datetime | None = None
    depths: Mapping[str, tuple[Depth, ...]] = field(default_factory=dict)
    oldest: tuple[Oldest, ...] = ()
    poisoned: Mapping[str, datetime] = field(default_factory=dict)
    closed: Mapping[str, datetime] = field(default_factory=dict)


def remembered(
    before: Memory, at: datetime, depths: Mapping[str, int | Unknown], oldest: Oldest, gates: list[Gate]
) -> Memory:
    """Return what is remembered after a look at an instant: `depths` by queue, poison queues too. Pure."""
    counts = before.at is None or at - before.at >= SPACING
    known = {queue: held for queue, held in depths.items() if isinstance(held, int)}
    looks = {queue: before.depths.get(queue, ()) for queue in known}
    if counts:
        looks = {queue: (*looks[queue], Depth(at, held))[-depth.LOOKS :] for queue, held in known.items()}
    return Memory(
        since=before.since if before.at is None or at - before.at <= GAP else at,
        at=at if counts else before.at,
        depths=looks,
        oldest=(*before.oldest, oldest)[-unfinished.LOOKS :] if counts else before.oldest,
        poisoned={queue: before.poisoned.get(queue, at) for queue, held in known.items() if held},
        closed={gate.name: before.closed.get(gate.name, min(gate.closed_at, at)) for gate in gates},
    )


async def read(documents: Documents) -> Memory | None:
    """Return what is remembered; None when nobody has watched yet. What a wrong clock wrote is forgotten."""
    document = await documents.get(JOB_HEALTH, ID, ID)
    return _believed(document.body) if document else None


async def begin(documents: Documents) -> Memory:
    """Return what is remembered; from now on jobs count as watched."""

    def made(body: Body | None) -> Body | None:
        return None if body and _believed(body) else to_body(Memory(clock.now()))

    return _of(await change(documents, JOB_HEALTH, ID, ID, made))


async def keep(
    documents: Documents, at: datetime, depths: Mapping[str, int | Unknown], oldest: Oldest, gates: list[Gate]
) -> Memory:
    """Remember a look; return what is remembered then."""

    def made(body: Body | None) -> Body:
        before = (_believed(body) if body else None) or Memory(at)
        return to_body(remembered(before, at, depths, oldest, gates))

    return _of(await change(documents, JOB_HEALTH, ID, ID, made))


def to_body(memory: Memory) -> Body:
    """Return it as a document's body."""
    return {
        "id": ID,
        "schemaVersion": SHAPE.version,
        "since": clock.to_text(memory.since),
        "at": _text(memory.at),
        "depths": {
            queue: [{"at": clock.to_text(look.at), "messages": look.messages} for look in looks]
            for queue, looks in memory.depths.items()
        },
        "oldest": [
            {"at": clock.to_text(look.at), "kind": look.kind, "since": _text(look.since)} for look in memory.oldest
        ],
        "poisoned": {queue: clock.to_text(since) for queue, since in memory.poisoned.items()},
        "closed": {gate: clock.to_text(since) for gate, since in memory.closed.items()},
    }


def from_body(body: Body) -> Memory:
    """Return what a document's body says."""
    stored = SHAPE.present(body)
    return Memory(
        since=clock.parse(stored["since"]),
        at=_instant(stored["at"]),
        depths={queue: tuple(map(_depth, looks)) for queue, looks in stored["depths"].items()},
        oldest=tuple(map(_oldest, stored["oldest"])),
        poisoned={queue: clock.parse(since) for queue, since in stored["poisoned"].items()},
        closed={gate: clock.parse(since) for gate, since in stored["closed"].items()},
    )


def _believed(body: Body) -> Memory | None:
    memory = from_body(body)
    return None if skew.is_ahead(memory.at or memory.since) else memory


def _of(body: Body | None) -> Memory:
    assert body is not None  # whoever changes it makes one
    return from_body(body)


def _depth(look: dict[str, Any]) -> Depth:
    return Depth(clock.parse(look["at"]), look["messages"])


def _oldest(look: dict[str, Any]) -> Oldest:
    return Oldest(clock.parse(look["at"]), look["kind"], _instant(look["since"]))


def _text(instant: datetime | None) -> str | None:
    return clock.to_text(instant) if instant else None


def _instant(text: str | None) -> datetime | None:
    return clock.parse(text) if text else None
