"""Metrics: which there are, and up to when their roll-ups are complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from operations.actor import Actor
from operations.answers import Page, page
from processors.metrics import registry
from processors.metrics.completeness import complete_up_to
from shared.documents.containers import HEARTBEATS, JOBS
from shared.documents.port import Body, Condition
from shared.services import Services

TICK = "AggregateMetrics"


@dataclass(frozen=True, slots=True)
class Described:
    """A metric: what it is called, how it counts, in which unit, and which events feed it."""

    metric: str
    type: str
    unit: str
    kind: str
    value: str | None
    types: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """How far the roll-ups are: what waits, what the last tick did, and how many events came too late."""

    complete_up_to: datetime
    waiting_events: int
    marks: int
    oldest_mark: datetime | None
    waiting_roll_ups: int
    too_late: int
    last_tick: Body | None


def known(by: Actor) -> Page[Described]:
    """Return every metric."""
    by.require("reader")
    return page(
        Described(
            metric.name,
            metric.type,
            metric.unit.name,
            metric.source,
            metric.value,
            tuple(one for one in metric.types if one),
            tuple(one for one in metric.reasons if one),
        )
        for metric in registry.METRICS
    )


async def state(services: Services, by: Actor) -> State:
    """Return how far the roll-ups are. Raises Unavailable when store or queues fail."""
    by.require("reader")
    settings, documents = services.settings, services.documents
    found = await complete_up_to(documents, services.queues, settings)
    beat = await documents.get(HEARTBEATS, TICK, TICK)
    queue = settings.usage_events_queue
    too_late: list[Condition] = [("status", "=", "dead"), ("queue", "=", queue), ("reason.code", "=", "too_late")]
    return State(
        complete_up_to=found.at,
        waiting_events=found.waiting_events,
        marks=found.marks,
        oldest_mark=found.oldest_mark,
        waiting_roll_ups=await services.queues.depth(settings.rollup_queue) or 0,
        too_late=await documents.count(JOBS, where=too_late),
        last_tick={"at": beat.body["lastStart"], **(beat.body.get("planned") or {})} if beat else None,
    )
