"""Health: does the process answer, and does what it needs?

Anybody may ask of the dependencies, so what it costs is bounded: they are asked once in 5 seconds.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from api import routing
from api.params import By, TheWorld, With
from api.routing import Answer, route
from api.world import World
from operations import job_health
from operations.actor import EVERYTHING, Actor
from operations.health import readiness
from operations.health.readiness import Readiness
from operations.job_health import JobHealth

_PROBE = Actor("health probe", frozenset({"reader"}), frozenset({EVERYTHING}))
_FRESH_SECONDS = 5.0
routes = routing.router("health")


@dataclass(frozen=True, slots=True)
class Live:
    """The process answers."""

    status: Literal["live"] = "live"


@route(routes, "GET", "/health/live", answers=Live, example={"status": "live"})
async def live() -> Live:
    """Tell that the process answers."""
    return Live()


@route(
    routes,
    "GET",
    "/health/ready",
    answers=Readiness,
    example={"status": "ready", "dependencies": [{"name": "store", "state": "ok", "code": None}]},
)
async def ready(world: TheWorld) -> Answer:
    """Tell whether store, queues and blobs answer: 503 when one doesn't."""
    found = await _readiness(world)
    if found.status == "ready":
        return Answer(found)
    return Answer(found, 503, {"retry-after": str(int(_FRESH_SECONDS))})


@route(routes, "GET", "/health/jobs", answers=JobHealth)
async def jobs(services: With, by: By) -> JobHealth:
    """Look once at runs, timers, jobs, queues, gates, sources, models, roll-ups and clocks: what is wrong?"""
    return await job_health.read(services, by)


async def _readiness(world: World) -> Readiness:
    async with world.looking:
        looked = world.looked
        if looked is None or time.monotonic() - looked[0] >= _FRESH_SECONDS:
            looked = world.looked = (time.monotonic(), await readiness.check(world.services, _PROBE))
        return looked[1]
