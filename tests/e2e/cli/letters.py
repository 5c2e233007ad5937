"""How does a test bring a terminal's store into the state that its commands are asked about?"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from azure.storage.queue import QueueClient

from processors.taste.kind import taste_kind
from shared import clock
from shared.config import Settings
from shared.documents.containers import AUDIT, JOBS
from shared.documents.port import Body, Documents
from shared.documents.sqlite import SqliteDocuments
from shared.errors import NightshiftError, Permanent
from shared.jobs import transitions
from shared.jobs.messages import BadMessage
from shared.jobs.record import JobKey, Record, changed, from_body, to_body
from shared.jobs.record_store import Records
from shared.jobs.scopes import of_queue
from tests import patience
from tests.e2e.cli.terminal import Terminal

SECRET = "do-not-tell"
MISSING = Permanent("There is no blob", code="blob_missing", dependency="content")

_T = TypeVar("_T")


def queue_of(terminal: Terminal) -> str:
    return terminal.environ["TASTE_JOB_QUEUE_NAME"]


def queued(terminal: Terminal, id: str, *, user: str = "ada") -> Record:
    """Return the record of a taste job as its producer makes it. Its title is SECRET."""
    kind = replace(taste_kind(Settings()), queue=queue_of(terminal))
    payload = {
        "user_id": user,
        "item_id": id,
        "image_url": "http://127.0.0.1/picture.png",
        "job_id": id,
        "title": SECRET,
        "createdAt": "2026-01-02T03:04:05.000Z",
        "signal": "up",
    }
    return transitions.new_queued(kind, JobKey(user, id), payload, by="test", traceparent=None)


def dead(
    terminal: Terminal,
    id: str,
    *,
    user: str = "ada",
    error: NightshiftError = MISSING,
    failed: datetime | None = None,
    replays: int = 0,
) -> Record:
    """Return a dead taste job, replayed `replays` times for the same cause; `failed` (default: now) is its end."""
    record = transitions.dead(queued(terminal, id, user=user), transitions.reason_of("taste", error))
    assert record.reason is not None
    at = failed or clock.now()
    return changed(record, first_failed_at=at, last_failed_at=at, replays=(record.reason.cause,) * replays)


def dead_body(terminal: Terminal, id: str) -> Record:
    """Return the dead record of a body that is no job's: its item isn't a text."""
    error = BadMessage(
        "The payload isn't a taste job", code="invalid_payload", places=[{"at": "item_id", "problem": "no string"}]
    )
    body = json.dumps({"user_id": "ada", "item_id": 5, "image_url": "x", "title": SECRET})
    at, queue = clock.now(), queue_of(terminal)
    blank = Record(
        JobKey(of_queue(queue), id), "taste", queue, "queued", at, at, raw=base64.b64encode(body.encode()).decode()
    )
    return transitions.dead(blank, transitions.reason_of("taste", error))


def cause_of(error: NightshiftError) -> str:
    """Return the cause that letters of a taste job which died of `error` share."""
    return transitions.reason_of("taste", error).cause


def keep(terminal: Terminal, *records: Record) -> None:
    """Store these records."""

    async def work(documents: Documents) -> None:
        for record in records:
            await Records(documents).create(record)

    _with_store(terminal, work)


def record(terminal: Terminal, id: str) -> Record:
    """Return the one record of that id."""
    (found,) = _with_store(terminal, lambda documents: _all(documents, JOBS, [("id", "=", id)]))
    return from_body(found)


def statuses(terminal: Terminal) -> dict[str, str]:
    """Return the status of every record by id."""
    return {body["id"]: body["status"] for body in _with_store(terminal, lambda documents: _all(documents, JOBS, []))}


def audit(terminal: Terminal) -> list[Body]:
    """Return the audit lines, oldest first."""
    lines = _with_store(terminal, lambda documents: _all(documents, AUDIT, []))
    return sorted(lines, key=lambda line: str(line["id"]))


def make_overdue(terminal: Terminal, id: str, by: timedelta) -> None:
    """Let the job's rescue be due since `by`."""

    async def work(documents: Documents) -> None:
        (found,) = [document async for document in documents.query(JOBS, where=[("id", "=", id)])]
        overdue = changed(from_body(found.body), rescue_at=clock.now() - by)
        await documents.replace(JOBS, to_body(overdue, "test"), found.etag)

    _with_store(terminal, work)


def wait_for(terminal: Terminal, id: str, status: str, *, generation: int | None = None) -> Record:
    """Return the job's record once it has that status (in that generation)."""

    def there() -> bool:
        if statuses(terminal).get(id) != status:
            return False
        return generation is None or record(terminal, id).generation == generation

    wait_until(terminal, there)
    return record(terminal, id)


def wait_for_any(terminal: Terminal, status: str) -> list[str]:
    """Return the ids of the records with that status, once there is one."""
    wait_until(terminal, lambda: status in statuses(terminal).values())
    return [name for name, is_so in statuses(terminal).items() if is_so == status]


def wait_for_log(terminal: Terminal, text: str) -> None:
    """Return once the host has logged `text`."""
    wait_until(terminal, lambda: text in (terminal.folder / "host.log").read_text())


def wait_until_empty(terminal: Terminal) -> None:
    """Return once the terminal's queue holds no message."""
    with _queue(terminal) as queue:
        wait_until(terminal, lambda: queue.get_queue_properties().approximate_message_count == 0)


def clear_queue(terminal: Terminal) -> None:
    """Delete every message of the terminal's queue."""
    with _queue(terminal) as queue:
        queue.clear_messages()


def wait_until(terminal: Terminal, holds: Callable[[], bool]) -> None:
    """Return once it holds; fail with the host's log when it never does."""
    log = terminal.folder / "host.log"
    patience.wait_until(holds, lambda: f"{holds}: {statuses(terminal)}\n{log.read_text()[-4000:]}", look=0.1)


def _queue(terminal: Terminal) -> QueueClient:
    return QueueClient.from_connection_string(terminal.environ["AzureWebJobsStorage"], queue_of(terminal))


def _with_store(terminal: Terminal, work: Callable[[Documents], Awaitable[_T]]) -> _T:
    async def run() -> _T:
        documents = SqliteDocuments(Path(terminal.environ["NIGHTSHIFT_HOME"]) / "nightshift.sqlite3")
        try:
            return await work(documents)
        finally:
            await documents.close()

    return asyncio.run(run())


async def _all(documents: Documents, container: Any, where: Any) -> list[Body]:
    return [document.body async for document in documents.query(container, where=where)]
