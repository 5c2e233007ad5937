"""Tasks: what an alert asks of the owner of its rule. Open when it fires, until it is acknowledged or over.

One document per alert that fired, in container alertTasks. Its id comes from the event that tells of it, so that an
event which is sent twice opens one task, and neither opens nor resolves anything anew the second time.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import timedelta
from typing import Literal

from shared import clock
from shared.documents.compare_and_set import change, create_new
from shared.documents.containers import ALERT_TASKS
from shared.documents.port import Body, Condition, Documents
from shared.documents.shapes import Shape
from shared.errors import Conflict

State = Literal["open", "acknowledged", "resolved"]
TASKS_KEPT = timedelta(days=400)
SHAPE = Shape("alert's task", 1)
_IDS = uuid.UUID("1f0c7a52-6a0e-4d0b-9c55-3c1b7f5f0a36")
"""The name space of the ids: UUIDs of version 5."""


async def follow(documents: Documents, event: Body) -> None:
    """Open the task of an event that fires and has an owner; resolve those that an event ends. Twice is once.

    A state's events are sent in their order, so that a task is there before what resolves it comes.
    """
    if event["kind"] == "firing" and event["facts"].get("owner"):
        with suppress(Conflict):  # sent before
            await create_new(documents, ALERT_TASKS, _opened(event))
    elif event["kind"] == "resolved":
        await _resolve(documents, event)


async def acknowledge(documents: Documents, client: str, id: str, by: str) -> tuple[Body | None, bool]:
    """Note that somebody sees to a task, if it is open. Return it as it stands then, and whether it was open.

    None when there is none.
    """
    was_open = False

    def made(standing: Body | None) -> Body | None:
        nonlocal was_open
        was_open = standing is not None and SHAPE.present(standing)["state"] == "open"
        if standing is None or not was_open:
            return None
        return {**standing, "state": "acknowledged", "acknowledgedAt": clock.text_now(), "acknowledgedBy": by}

    return await change(documents, ALERT_TASKS, client, id, made), was_open


async def _resolve(documents: Documents, event: Body) -> None:
    where: list[Condition] = [
        ("rule", "=", event["rule"]),
        ("scope", "=", event["scope"]),
        ("number", "<", event["number"]),
        ("state", "!=", "resolved"),
    ]

    def made(standing: Body | None) -> Body | None:
        if standing is None or SHAPE.present(standing)["state"] == "resolved":
            return None
        return {**standing, "state": "resolved", "resolvedAt": event["at"]}

    query = documents.query(ALERT_TASKS, partition=event["clientId"], where=where)
    for task in [document.body["id"] async for document in query]:
        await change(documents, ALERT_TASKS, event["clientId"], task, made)


def _opened(event: Body) -> Body:
    facts = event["facts"]
    return {
        "id": str(uuid.uuid5(_IDS, event["id"])),
        "clientId": event["clientId"],
        "rule": event["rule"],
        "ruleName": facts["rule"]["name"],
        "scope": event["scope"],
        "number": event["number"],
        "owner": facts["owner"],
        "severity": facts["severity"],
        "title": event["title"],
        "text": event["text"],
        "firedAt": event["at"],
        "state": "open",
        "schemaVersion": SHAPE.version,
        "ttl": int(TASKS_KEPT.total_seconds()),
    }
