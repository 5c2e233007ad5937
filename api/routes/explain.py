"""Explanations: why is a thing where it is, and what happens next?"""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api import routing
from api.exact import exactly
from api.params import By, ClientFilter, Id, UserFilter, With
from api.routing import route
from operations.explain.answer import Answer as Explained
from operations.explain.asking import explain
from shared import outside_ids

routes = routing.router("explain")
Named = Annotated[
    str,
    Query(
        min_length=1,
        max_length=outside_ids.MAX_CHARACTERS,
        description="An id or a name, or the beginning of an id; job:, run:, rule:, source: or dead-letter: before it "
        "says what is meant.",
        examples=["digest|2026-W48"],
    ),
]


@route(routes, "GET", "/explain", answers=Explained)
async def explain_thing(
    services: With, by: By, id: Named, user: UserFilter = None, client: ClientFilter = None
) -> Explained:
    """Tell why a job, run, alert rule, source or dead letter is where it is.

    With `user` only that user's jobs are meant, with `client` only that client's rules.
    """
    return await explain(
        services.documents, services.settings, by, id, user=user, client=client, queues=services.queues
    )


@route(routes, "GET", "/jobs/{id}/explain", answers=Explained)
async def explain_job(services: With, by: By, id: Id, user: UserFilter = None) -> Explained:
    """Tell why a job or dead letter is where it is, and what happens next."""
    found = await explain(services.documents, services.settings, by, f"job:{id}", user=user, queues=services.queues)
    exactly(id, found.id)
    return found
