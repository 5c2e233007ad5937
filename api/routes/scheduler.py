"""Scheduler of alert rules, as its users know it: snake_case members, and instants with ``+00:00``."""

from __future__ import annotations

from typing import Any

from api import routing
from api.params import By, Why, With
from api.routing import route
from operations import scheduler
from operations.actor import Actor
from shared import clock
from shared.services import Services

MOST = 1_000
"""Jobs that are listed, the next due first; `job_count` is how many there are."""
routes = routing.router("scheduler")
_INSTANT = ("next_run_time", "last_run")
_STATUS = {
    "type": "object",
    "properties": {
        "status": {"enum": ["running", "stopped"]},
        "job_count": {"type": "integer"},
        "jobs": {
            "type": "array",
            "maxItems": MOST,
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string", "description": "alert_ and the rule's id."},
                    "name": {"type": "string"},
                    "next_run_time": {"type": ["string", "null"]},
                    "trigger": {"type": "string"},
                    "last_run": {"type": ["string", "null"]},
                    "state": {"type": ["string", "null"]},
                },
                "required": ["id", "name", "next_run_time", "trigger", "last_run", "state"],
            },
        },
    },
    "required": ["status", "job_count", "jobs"],
}
_EXAMPLE = {
    "status": "running",
    "job_count": 1,
    "jobs": [
        {
            "id": "alert_0d6c7a52-6f0e-4d0b-9d52-0a4b5f0f5c11",
            "name": "Alert: Few calls are picked up",
            "next_run_time": "2026-11-24T08:00:00+00:00",
            "trigger": "cron[0 8 * * *]",
            "last_run": "2026-11-23T08:00:00+00:00",
            "state": "ok",
        }
    ],
}


@route(routes, "GET", "/alerts/scheduler", answers=_STATUS, example=_EXAMPLE)
async def show_scheduler(services: With, by: By) -> dict[str, Any]:
    """Show whether rules are dispatched, and when each runs next."""
    return await _status(services, by)


@route(routes, "POST", "/alerts/scheduler/reload", answers=_STATUS, example=_EXAMPLE)
async def reload_scheduler(services: With, by: By) -> dict[str, Any]:
    """Compute when each rule runs next anew. What is due already stays due."""
    await scheduler.reload(services.documents, by)
    return await _status(services, by)


@route(routes, "POST", "/alerts/scheduler/start", answers=_STATUS, example=_EXAMPLE)
async def start_scheduler(services: With, by: By) -> dict[str, Any]:
    """Dispatch rules again."""
    await scheduler.start(services.documents, by)
    return await _status(services, by)


@route(routes, "POST", "/alerts/scheduler/stop", answers=_STATUS, example={**_EXAMPLE, "status": "stopped"})
async def stop_scheduler(services: With, by: By, why: Why = None) -> dict[str, Any]:
    """Dispatch no rule until it is started again: all instances know it within a minute."""
    await scheduler.stop(services.documents, by, reason=why or "")
    return await _status(services, by)


async def _status(services: Services, by: Actor) -> dict[str, Any]:
    found = await scheduler.status(services.documents, by, most=MOST)
    return {
        "status": found["status"],
        "job_count": found["job_count"],
        "jobs": [{**job, **{name: _instant(job[name]) for name in _INSTANT}} for job in found["jobs"]],
    }


def _instant(text: str | None) -> str | None:
    return clock.parse(text).isoformat() if text is not None else None
