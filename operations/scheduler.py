"""Scheduler of alert rules: what it holds, and stopping, starting and reloading it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from operations.actor import Actor
from processors.alerts import frequency as frequencies
from processors.alerts import scheduler, store
from processors.alerts.rule import Held, Rule
from processors.alerts.store import Broken
from shared import audit, clock
from shared.documents.containers import ALERT_STATES
from shared.documents.port import Documents


async def status(documents: Documents, by: Actor, *, most: int | None = None) -> dict[str, Any]:
    """Return whether it runs, and its jobs: one per active rule, of all clients, the next due first.

    A rule that can't be read is a job, too, whose state is ``broken``: it never runs. At most `most` jobs are listed;
    `job_count` is how many there are.
    """
    by.require("reader")
    now = await scheduler.read(documents)
    states = await _states(documents)
    found = [one async for one in store.everything(documents)]
    broken = sorted([one for one in found if isinstance(one, Broken)], key=lambda one: one.id)
    rules = [one.rule for one in found if isinstance(one, Held) and one.rule.definition.active]
    rules.sort(key=lambda rule: (rule.timing.next_due is None, rule.timing.next_due, rule.id))
    jobs = [
        *(_job(rule, states.get((rule.client, rule.id), {}).get(rule.definition.condition.scope)) for rule in rules),
        *(_broken_job(one) for one in broken),
    ]
    return {
        "status": "stopped" if now.stopped else "running",
        "since": now.since,
        "by": now.by,
        "why": now.why,
        "job_count": len(jobs),
        "jobs": jobs[:most],
    }


@dataclass(frozen=True, slots=True)
class State:
    """Whether rules are dispatched: since when, who said so last, and why."""

    stopped: bool
    since: str | None
    by: str | None
    why: str | None


async def state(documents: Documents, by: Actor) -> State:
    """Return whether rules are dispatched, and no more: of its jobs nothing is read."""
    by.require("reader")
    now = await scheduler.read(documents)
    return State(now.stopped, now.since, now.by, now.why)


async def stop(documents: Documents, by: Actor, *, reason: str = "") -> None:
    """Dispatch no rule until it is started again: all instances know it within a minute."""
    by.require("admin")
    await scheduler.write(documents, stopped=True, by=by.name, why=reason or None)
    await audit.write(documents, "stop alert scheduler", by=by.name, why=reason or None)


async def start(documents: Documents, by: Actor) -> None:
    """Dispatch rules again. Of what was due meanwhile the latest slot runs if it isn't too late; others are missed."""
    by.require("admin")
    await scheduler.write(documents, stopped=False, by=by.name)
    await audit.write(documents, "start alert scheduler", by=by.name)


async def reload(documents: Documents, by: Actor) -> int:
    """Compute when each rule runs next anew; return of how many. What is due already stays due."""
    by.require("admin")
    count = await store.reload(documents)
    await audit.write(documents, "reload alert scheduler", by=by.name, count=count)
    return count


async def _states(documents: Documents) -> dict[tuple[str, str], dict[str, str]]:
    """Return the names of all states: by client and rule, then by scope."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    async for document in documents.query(ALERT_STATES):
        body = document.body
        found.setdefault((body["clientId"], body["rule"]), {})[body["scope"]] = body["status"]
    return found


def _job(rule: Rule, state: str | None) -> dict[str, Any]:
    when = rule.timing
    return {
        "id": f"alert_{rule.id}",
        "name": f"Alert: {rule.definition.name}",
        "next_run_time": clock.to_text(when.next_due) if when.next_due else None,
        "trigger": f"cron[{frequencies.parse(rule.definition.frequency).cron()}]",
        "last_run": clock.to_text(when.last_slot) if when.last_slot else None,
        "state": state,
    }


def _broken_job(rule: Broken) -> dict[str, Any]:
    never = {"next_run_time": None, "trigger": None, "last_run": None}
    return {"id": f"alert_{rule.id}", "name": f"Alert: {rule.name or rule.id}", **never, "state": "broken"}
