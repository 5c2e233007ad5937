"""Job health: one look at runs, timers, jobs, queues, gates, sources, models, roll-ups and clocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from operations.actor import Actor
from processors.catalogue import watched
from processors.health.check import Check, Severity
from processors.health.watch import look
from shared.services import Services


@dataclass(frozen=True, slots=True)
class JobCheck:
    """One check: what it is about, its state, what was found; of a finding how bad it is, and what says what to do."""

    check: str
    scope: str
    state: Literal["ok", "finding", "unknown"]
    found: str
    severity: Severity | None
    guide: str | None


@dataclass(frozen=True, slots=True)
class JobHealth:
    """A look: whether nothing was found wrong, and every check."""

    ok: bool
    checks: tuple[JobCheck, ...]


async def read(services: Services, by: Actor) -> JobHealth:
    """Look once, with what the watch remembers of its own looks; nothing is left behind. It takes no host."""
    by.require("reader")
    found = await look(services, watched(services.settings))
    return JobHealth(not any(check.state == "finding" for check in found), tuple(map(_view, found)))


def _view(check: Check) -> JobCheck:
    wrong = check.state == "finding"
    severity, guide = (check.severity, check.guide) if wrong else (None, None)
    return JobCheck(check.topic.name, check.scope, check.state, check.text, severity, guide)
