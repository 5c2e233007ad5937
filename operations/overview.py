"""Overview: everything at a glance: is anything wrong, and how far are runs, queues, dead letters, alerts and money?

What it reads follows how many runs are defined, never how many jobs, runs or dead letters there are.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from operations import alerts, job_health, runs, status
from operations.actor import Actor
from operations.alerts import AlertState
from operations.job_health import JobCheck, JobHealth
from operations.runs import Run
from operations.status import Status
from operations.timers import Next, upcoming
from processors.catalogue import run_definitions, watched
from shared import clock
from shared.errors import NightshiftError
from shared.services import Services

RUNS_OF_EACH = 16
"""Runs of each job that are read: its history at a glance."""
MISSED_LASTS = timedelta(days=8)
"""A missed slot is shown for so long: what a week has brought, not all that was ever left out."""
_MISSED_OF_EACH = 5


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A scheduled job: its `latest` runs, the latest slot first; slots that no run has made up for; when it is next."""

    name: str
    about: str
    latest: tuple[Run, ...]
    missed: tuple[Run, ...]
    next: Next | None


@dataclass(frozen=True, slots=True)
class Money:
    """What models have cost today (UTC), in micro-USD, and the day's budget."""

    spent: int
    budget: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything at a glance; `health` is None, with the `trouble` that prevented it, when no look could be had."""

    status: Status
    health: JobHealth | None
    trouble: str | None
    jobs: tuple[ScheduledJob, ...]
    alerts: tuple[AlertState, ...]
    money: Money

    @property
    def findings(self) -> tuple[JobCheck, ...]:
        """What the look over jobs found wrong."""
        return tuple(check for check in self.health.checks if check.state == "finding") if self.health else ()


async def read(services: Services, by: Actor) -> Overview:
    """Return everything at a glance. Raises Unavailable when the document store fails."""
    by.require("reader")
    documents, settings = services.documents, services.settings
    now_is = await status.read(documents, settings, by, queues=services.queues)
    health, trouble = await _health(services, by)
    states = (await alerts.states(documents, by)).items
    jobs = await asyncio.gather(*(_job(services, one.name, one.about) for one in run_definitions(settings).scheduled()))
    spent = await watched(settings).spent_today(documents)
    return Overview(
        now_is,
        health,
        trouble,
        tuple(jobs),
        tuple(state for state in states if state.firing_since),
        Money(spent, settings.llm_daily_budget_micro_usd),
    )


async def _health(services: Services, by: Actor) -> tuple[JobHealth | None, str | None]:
    try:
        return await job_health.read(services, by), None
    except NightshiftError as error:
        return None, str(error)


async def _job(services: Services, name: str, about: str) -> ScheduledJob:
    documents = services.documents
    latest = await runs.entries(documents, [("status", "!=", "missed")], name=name, limit=RUNS_OF_EACH)
    since = clock.text_now(-MISSED_LASTS)
    gone = await runs.entries(
        documents, [("status", "=", "missed"), ("slotAt", ">=", since)], name=name, limit=_MISSED_OF_EACH
    )
    ran = {run.slot for run in latest}
    missed = tuple(run for run in gone if run.covered_by is None and run.slot not in ran)
    definition = run_definitions(services.settings).named(name)
    return ScheduledJob(name, about, tuple(latest), missed, next(iter(upcoming(definition.slots.schedule, 1)), None))
