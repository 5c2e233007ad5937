"""Scheduler of alert rules: what it holds, and stopping, starting and reloading it."""

from __future__ import annotations

from typing import Any

from operations.actor import Actor
from processors.alerts import frequency as frequencies
from processors.alerts import scheduler, store
from processors.alerts.rule import Rule
from shared import audit, clock
from shared.documents.containers import ALERT_STATES
from shared.documents.port import Documents


async def status(documents: Documents, by: Actor, *, most: int | None = None) -> dict[str, Any]:
    """Return whether it runs, and its jobs: one per active rule, of all clients, the next due first.

    At most `most` jobs are listed; `job_count` is how many there are.
    """
    by.require("reader")
    now = await scheduler.read(documents)
    states = {(body["clientId"], body["rule"]): body async for body in _states(documents)}
    rules = [held.rule async for held in store.everything(documents) if held.rule.definition.active]
    rules.sort(key=lambda rule: (rule.timing.next_due is None, rule.timing.next_due, rule.id))
    return {
        "status": "stopped" if now.stopped else "running",
        "since": now.since,
        "by": now.by,
        "why": now.why,
        "job_count": len(rules),
        "jobs": [_job(rule, states.get((rule.client, rule.id))) for rule in rules[:most]],
    }


async def stop(documents: Documents, by: Actor, *, reason: str = "") -> None:
    """Dispatch no rule until it is started again: all instances know it within a minute."""
    by.require("operator")
    await scheduler.write(documents, stopped=True, by=by.name, why=reason or None)
    await audit.write(documents, "stop alert scheduler", by=by.name, why=reason or None)


async def start(documents: Documents, by: Actor) -> None:
    """Dispatch rules again. Of what was due meanwhile the latest slot runs if it isn't too late; others are missed."""
    by.require("operator")
    await scheduler.write(documents, stopped=False, by=by.name)
    await audit.write(documents, "start alert scheduler", by=by.name)


async def reload(documents: Documents, by: Actor) -> int:
    """Compute when each rule runs next anew; return of how many. What is due already stays due."""
    by.require("operator")
    count = await store.reload(documents)
    await audit.write(documents, "reload alert scheduler", by=by.name, count=count)
    return count


async def _states(documents: Documents) -> Any:
    async for document in documents.query(ALERT_STATES):
        yield document.body


def _job(rule: Rule, state: dict[str, Any] | None) -> dict[str, Any]:
    when = rule.timing
    return {
        "id": f"alert_{rule.id}",
        "name": f"Alert: {rule.definition.name}",
        "next_run_time": clock.to_text(when.next_due) if when.next_due else None,
        "trigger": f"cron[{frequencies.parse(rule.definition.frequency).cron()}]",
        "last_run": clock.to_text(when.last_slot) if when.last_slot else None,
        "state": state["status"] if state else None,
    }
