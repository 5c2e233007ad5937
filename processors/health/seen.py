"""What one look has seen, as plain data for the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from processors.health.check import Unknown
from processors.health.dead_letters import Ingress
from processors.health.paused_sources import PausedSource
from processors.health.runs import SeenRun
from processors.health.unfinished import Oldest
from processors.health.watched import WatchedQueue
from shared.documents.port import Body
from shared.jobs.gates import Gate
from shared.jobs.worker_heartbeats import HostSeen


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen at an instant. `depths` are by queue, poison queues too; `beats` are heartbeats by name."""

    at: datetime
    runs: Sequence[SeenRun]
    queues: Sequence[WatchedQueue]
    depths: Mapping[str, int | Unknown]
    completes: frozenset[str]
    """Of the queues that grow, those of which something completed since the first of three looks."""
    oldest: Oldest
    ingress: Ingress | Unknown
    gates: Sequence[Gate]
    paused: Sequence[PausedSource]
    spent: int | Unknown
    oldest_mark: datetime | None
    beats: Mapping[str, Body]
    host: HostSeen
