"""Tasks of alerts: which are there for whom, and acknowledging one."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query

from api import clients, routing
from api.params import By, ClientFilter, Id, Paging, With, Word
from api.routing import route
from operations import tasks
from operations.answers import Page
from operations.tasks import Acknowledged, Task

State = Annotated[
    Literal["open", "acknowledged", "resolved", "all"] | None,
    Query(description="Default: those that aren't over, open and acknowledged."),
]
routes = routing.router("tasks")


@route(routes, "GET", "/alerts/tasks", answers=Page[Task])
async def list_tasks(
    services: With, by: By, wanted: Paging, owner: Word = None, state: State = None, client: ClientFilter = None
) -> Page[Task]:
    """List a client's tasks, or those of the app's own rules; those that fired last first."""
    found = await tasks.search(
        services.documents,
        by,
        owner=owner,
        states=tasks.LEFT if state is None else tasks.ALL if state == "all" else (state,),
        limit=wanted.limit,
        after=wanted.after,
        **clients.of(client),
    )
    return wanted.page(found)


@route(routes, "POST", "/alerts/tasks/{id}/acknowledge", answers=Acknowledged)
async def acknowledge_task(services: With, by: By, id: Id, client: ClientFilter = None) -> Acknowledged:
    """Note that the caller sees to a task. Doing it again changes nothing."""
    return await tasks.acknowledge(services.documents, by, id, is_whole=True, **clients.of(client))
