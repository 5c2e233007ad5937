"""Which queue functions does the app have, on whose queue, and what does a message leave in the hands of its own kind?

The list is the tests' own; whoever is wired otherwise in function_app.py leaves something else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from processors.catalogue import registry
from shared import clock
from shared.config import Settings
from shared.documents.containers import CALLS, JOBS, RAW_MOODS, USAGE_EVENTS, Container
from shared.documents.port import Documents
from shared.jobs.kinds import Kind
from shared.jobs.record import JobKey
from shared.jobs.scopes import of_queue, of_run
from shared.usage.places import part_of, place_of

DLQ = "Dlq"
GIVEN_UP = "host_gave_up"
_NAME = "$name"


@dataclass(frozen=True, slots=True)
class Served:
    """A kind's two functions: `name` and `name`Dlq, on the queue that `setting` names, and on its poison queue.

    Each is given a `payload`, in which $name stands for the function's name. Its handler ends the job as `ends` says (a
    status, or the code that it died of), and leaves the document that `leaves` names, if any: container, partition, id.
    """

    name: str
    setting: str
    kind: str
    payload: Mapping[str, Any]
    ends: str = "completed"
    leaves: tuple[Container, str, str] | None = None


SERVED = (
    Served(
        "ProcessTasteAnalysisJob",
        "TASTE_JOB_QUEUE_NAME",
        "taste",
        {"user_id": "ada", "item_id": "hat", "image_url": "https://127.0.0.1/hat.png", "job_id": _NAME},
        "address_refused",
    ),
    Served("ProcessJobRun", "RUN_QUEUE_NAME", "run", {"name": _NAME, "slot": "2026-W48"}, "unknown_run"),
    Served(
        "ProcessScrapeJob",
        "SCRAPE_QUEUE_NAME",
        "scrape",
        {"run": "scraper|2026-11-23", "shard": _NAME, "source_type": "rss", "source_id": "gone", "items": [["a", "b"]]},
        "source_gone",
    ),
    Served(
        "ProcessMoodJob",
        "MOOD_QUEUE_NAME",
        "mood",
        {"run": "moods|2026-11-23", "shard": _NAME, "source_type": "rss", "source_id": "gone", "items": [["a", "b"]]},
        leaves=(RAW_MOODS, of_run("moods|2026-11-23"), _NAME),
    ),
    Served("ProcessDigestJob", "DIGEST_QUEUE_NAME", "digest", {"run": "digest|2026-W48", "shard": _NAME}),
    Served(
        "ProcessPickupRateJob",
        "PICKUP_RATE_QUEUE_NAME",
        "pickup-rate",
        {"run": "pickup-rate|2026-11-23T09:00:00.000Z", "shard": _NAME},
    ),
    Served(
        "ProcessCallEvent",
        "CALL_EVENTS_QUEUE_NAME",
        "call",
        {"call_id": _NAME, "merchantId": "shop", "status": "BACKLOG", "updatedAt": "2026-11-23T09:00:00.000Z"},
        leaves=(CALLS, "shop", _NAME),
    ),
    Served(
        "ProcessUsageEvent",
        "USAGE_EVENTS_QUEUE_NAME",
        "usage-event",
        {"event_id": _NAME, "orgId": "acme", "kind": "llm", "occurredAt": f"{clock.text_now()[:7]}-01T00:00:00.000Z"},
        leaves=(USAGE_EVENTS, place_of("acme", "llm", part_of("ProcessUsageEvent")), _NAME),
    ),
    Served(
        "ProcessRollupJob",
        "ROLLUP_QUEUE_NAME",
        "rollup",
        {"orgId": _NAME, "kind": "llm", "marks": []},
    ),
    Served(
        "ProcessAlertJob",
        "ALERT_QUEUE_NAME",
        "alert",
        {"client": "shop", "rule": _NAME, "slot": "2026-11-23T09:00:00.000Z"},
        "cancelled",
    ),
    Served(
        "ProcessNotification",
        "NOTIFICATION_QUEUE_NAME",
        "notification",
        {"client": "shop", "group": _NAME, "channel": "outbox"},
    ),
)
FUNCTIONS = {name: served for served in SERVED for name in (served.name, served.name + DLQ)}


def trigger_queue(function: str) -> str:
    """Return the queue that the function's trigger names, as the host is told."""
    return f"%{FUNCTIONS[function].setting}%" + ("-poison" if function.endswith(DLQ) else "")


def body(function: str) -> bytes:
    """Return the function's message."""
    return json.dumps(FUNCTIONS[function].payload).replace(_NAME, function).encode()


async def misfit(documents: Documents, settings: Settings, function: str) -> str | None:
    """Return how what the function's message left differs from what its own kind leaves; None when it doesn't."""
    served = FUNCTIONS[function]
    kind = registry(settings).named(served.kind)
    given_up = function.endswith(DLQ)
    found = await _ending(documents, kind, function)
    ended = GIVEN_UP if given_up else served.ends if kind.recorded else None
    wanted = None if ended is None else (kind.name, kind.queue, ended)
    if found != wanted:
        return f"ended as {found}, not as {wanted}"
    if served.leaves is not None:
        container, partition, name = served.leaves
        left = await documents.get(container, partition, name.replace(_NAME, function)) is not None
        if left == given_up:
            return "its handler left nothing" if not given_up else "its handler was called"
    return None


async def _ending(documents: Documents, kind: Kind, function: str) -> tuple[str, str, str] | None:
    """Return the record of the function's message: its kind, its queue, and its status or the code it died of."""
    if kind.recorded:
        key = kind.key_of(kind.model.model_validate_json(body(function)))
    else:
        key = JobKey(of_queue(kind.queue), hashlib.sha256(kind.queue.encode() + b"\0" + body(function)).hexdigest())
    held = await documents.get(JOBS, key.scope, key.id)
    if held is None:
        return None
    record = held.body
    return record["kind"], record["queue"], record["reason"]["code"] if record["status"] == "dead" else record["status"]
