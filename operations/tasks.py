"""Tasks of alerts: which are there for whom, and acknowledging one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from operations import paging
from operations.actor import Actor, client_name, client_scope
from operations.answers import Page, read
from shared import audit
from shared.alerts import tasks
from shared.alerts.states import SYSTEM
from shared.alerts.tasks import State as State
from shared.documents.containers import ALERT_TASKS
from shared.documents.port import Body, Condition, Documents
from shared.errors import NotFound, Refused

LEFT: tuple[State, ...] = ("open", "acknowledged")
"""The states of tasks that aren't over."""
ALL: tuple[State, ...] = (*LEFT, "resolved")
_BEHIND = "~"
"""Comes after every sign that an id has."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task: the alert that it is about, its owner, and how far it got."""

    id: str
    owner: str
    state: State
    severity: str
    rule: str
    rule_name: str
    scope: str
    title: str
    text: str
    fired_at: str
    acknowledged_at: str | None
    acknowledged_by: str | None
    resolved_at: str | None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A task that is acknowledged; `what` tells whether it was before."""

    what: Literal["acknowledged", "before"]
    task: Task


async def search(
    documents: Documents,
    by: Actor,
    *,
    owner: str | None = None,
    states: Sequence[State] = LEFT,
    limit: int = 50,
    after: str | None = None,
    client: str = SYSTEM,
) -> Page[Task]:
    """Return a client's tasks in these states, of one owner or all; those that fired last first.

    Those behind the page `after`; raises UsageError when it names no page.
    """
    by.require("reader", client_scope(client))
    where: list[Condition] = [("state", "in", list(states))]
    if owner is not None:
        where.append(("owner", "=", owner))
    found, behind = await paging.read(
        documents, ALERT_TASKS, newest_by="firedAt", partition=client, where=where, limit=limit, after=after
    )
    return Page(tuple(_task(document.body) for document in found), behind)


async def acknowledge(
    documents: Documents, by: Actor, task: str, *, is_whole: bool = False, client: str = SYSTEM
) -> Acknowledged:
    """Note that the actor sees to a task. Doing it again changes nothing.

    It is named by its id, or by the beginning of it unless `is_whole`.

    Raises NotFound; Refused when several are meant, or the alert is over.
    """
    by.require("operator", client_scope(client))
    meant = task if is_whole else await _find(documents, client, task)
    body, was_open = await tasks.acknowledge(documents, client, meant, by.name)
    if body is None:
        raise _unknown(task)
    found = _task(body)
    if found.state == "resolved":
        raise Refused(
            f"Task {found.id} is over: its alert was resolved at {found.resolved_at}. There is nothing to acknowledge.",
            code="task_resolved",
        )
    if not was_open:
        return Acknowledged("before", found)
    about = {"task": found.id, "client": client_name(client), "rule": found.rule, "of": found.scope}
    await audit.write(documents, "acknowledge task", by=by.name, **about)
    return Acknowledged("acknowledged", found)


async def _find(documents: Documents, client: str, text: str) -> str:
    where: list[Condition] = [("id", ">=", text), ("id", "<", f"{text}{_BEHIND}")]
    query = documents.query(ALERT_TASKS, partition=client, where=where, select=["id"], limit=10)
    found = sorted([str(document.body["id"]) async for document in query]) if text else []
    if not found:
        raise _unknown(text)
    if len(found) > 1 and text not in found:
        raise Refused(f"{text!r} means several tasks: {', '.join(found)}.", code="task_ambiguous")
    return found[0]


def _unknown(text: str) -> NotFound:
    return NotFound(f"There is no task {text!r}.", code="task_not_found")


def _task(body: Body) -> Task:
    return read(Task, tasks.SHAPE.present(body))
