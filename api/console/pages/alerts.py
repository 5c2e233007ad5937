"""Alerts: what fires, the rules with their states, what was told, tasks, and the scheduler."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from api import clients
from api.console import answering, ranges
from api.console.answering import command_line
from api.console.page import Page
from api.console.visit import Visit, moved
from api.ids import encoded
from api.problems import Problem, Stop
from operations import alerts, rules, scheduler, tasks
from operations.alerts import AlertState
from operations.tasks import State

PATH = "/alerts"
_MOST_RULES, _MOST_FIRING, _MOST_TOLD, _MOST_TASKS = 25, 20, 25, 25
_STATES: dict[str, tuple[State, ...]] = {
    "": tasks.LEFT,
    "open": ("open",),
    "acknowledged": ("acknowledged",),
    "resolved": ("resolved",),
}
_LONGEST = 90 * 24
"""Hours of a silence."""


async def index(visit: Visit) -> Response:
    """Show what fires and the rules, those that were changed last first. Reads one page of rules, however many."""
    documents, by, client = visit.services.documents, visit.actor, visit.client
    of = clients.of(client)
    if (named := visit.query.get("rule")) is not None:
        rule = await rules.show(documents, by, named, **of)
        return moved(f"{PATH}/rules/{encoded(rule.id)}", client=client)
    found = await rules.changed_last(documents, by, limit=_MOST_RULES, after=answering.after(visit), **of)
    states = await alerts.states_of(documents, by, {one.id: one.name for one in found.items}, **of)
    return visit.page(
        "alerts.html",
        command=command_line("alerts", "list", client=client),
        client=client,
        rules=[(one, _worst(one.id, states.items)) for one in found.items],
        more_address=answering.next_page(PATH, found.next, client=client),
        firing=(await alerts.firing(documents, by, limit=_MOST_FIRING, **of)).items,
        firing_count=await alerts.firing_count(documents, by, **of),
        open_tasks=await tasks.count(documents, by, **of),
        scheduler=await scheduler.state(documents, by) if by.may("reader") else None,
        may_change=by.may("admin", clients.scope(client)),
        may_silence=by.may("operator", clients.scope(client)),
        may_schedule=by.may("admin"),
    )


async def history(visit: Visit) -> Response:
    """Show what was told, the latest first."""
    client, scope, rule = visit.client, visit.query.get("scope"), visit.query.get("rule")
    days = ranges.days(visit, 30, 400)
    found = await alerts.history(
        visit.services.documents, visit.actor, ranges.last(visit, days)[0], scope=scope, rule=rule, limit=_MOST_TOLD,
        after=answering.after(visit), **clients.of(client),
    )  # fmt: skip
    return visit.page(
        "alert_history.html",
        command=command_line("alerts", "history", scope=scope, since=f"{days}d", client=client),
        client=client,
        scope=scope,
        rule=rule,
        days=days,
        told=found.items,
        more_address=answering.next_page(
            f"{PATH}/history", found.next, client=client, scope=scope, rule=rule, days=str(days)
        ),
    )


async def show_tasks(visit: Visit) -> Response:
    """Show tasks, those that fired last first."""
    client, owner, state = visit.client, visit.query.get("owner"), visit.query.get("state") or ""
    found = await tasks.search(
        visit.services.documents, visit.actor, owner=owner, states=_STATES.get(state, tasks.LEFT), limit=_MOST_TASKS,
        after=answering.after(visit), **clients.of(client),
    )  # fmt: skip
    return visit.page(
        "tasks.html",
        command=command_line("tasks", "list", owner=owner, state=state or None, client=client),
        client=client,
        owner=owner,
        state=state,
        tasks=found.items,
        more_address=answering.next_page(f"{PATH}/tasks", found.next, client=client, owner=owner, state=state or None),
        may_change=visit.actor.may("operator", clients.scope(client)),
    )


async def acknowledge(visit: Visit) -> Response:
    """Note that the actor sees to a task."""
    client = visit.client
    found = await tasks.acknowledge(visit.services.documents, visit.actor, visit.path["id"], **clients.of(client))
    told = "is acknowledged" if found.what == "acknowledged" else "was acknowledged before"
    return visit.moved(f"{PATH}/tasks", f"The task of {found.task.rule_name} {told}.", client=client)


async def silence(visit: Visit) -> Response:
    """Tell nobody of a (rule, scope) for so many hours; 0 ends the silence."""
    form, client = visit.form, visit.client
    hours = ranges.number(form.get("hours"))
    if hours is None or not 0 <= hours <= _LONGEST:
        raise Stop(Problem(422, "request_invalid", f"A silence has 0 to {_LONGEST} hours; 0 ends it."))
    until = visit.at + timedelta(hours=hours) if hours else None
    rule, scope = form.get("rule") or "", form.get("scope") or ""
    reason = form.get("reason") or ""
    await alerts.silence(visit.services.documents, visit.actor, rule, scope, until, reason=reason, **clients.of(client))
    told = f"is silent until {until:%Y-%m-%d %H:%M} UTC" if until else "is told again"
    return visit.moved(PATH, f"{rule} of {scope} {told}.", client=client)


async def stop(visit: Visit) -> Response:
    """Dispatch no rule until it is started again."""
    await scheduler.stop(visit.services.documents, visit.actor, reason=visit.form.get("why") or "")
    return visit.moved(PATH, "The scheduler is stopped: all instances know it within a minute.")


async def start(visit: Visit) -> Response:
    """Dispatch rules again."""
    await scheduler.start(visit.services.documents, visit.actor)
    return visit.moved(PATH, "The scheduler runs again.")


async def reload(visit: Visit) -> Response:
    """Compute when each rule runs next anew."""
    count = await scheduler.reload(visit.services.documents, visit.actor)
    return visit.moved(
        PATH, f"Computed anew when {count} rule{'' if count == 1 else 's'} run{'s' * (count == 1)} next."
    )


def _worst(rule: str, states: tuple[AlertState, ...]) -> AlertState | None:
    """Return a rule's state: of several scopes one that fires."""
    its = [one for one in states if one.rule == rule]
    return min(its, key=lambda one: (not one.firing_since, one.scope), default=None)


PAGES = (
    Page("GET", PATH, index),
    Page("GET", f"{PATH}/history", history),
    Page("GET", f"{PATH}/tasks", show_tasks),
    Page("POST", f"{PATH}/tasks/{{id}}/acknowledge", acknowledge, "operator"),
    Page("POST", f"{PATH}/silence", silence, "operator"),
    Page("POST", f"{PATH}/scheduler/stop", stop, "admin"),
    Page("POST", f"{PATH}/scheduler/start", start, "admin"),
    Page("POST", f"{PATH}/scheduler/reload", reload, "admin"),
)
