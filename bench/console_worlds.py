"""Worlds of the console's benchmark: nothing, one of each thing, a page of each, and what an app has after years."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from api.world import World as ApiWorld
from api.world import world_of
from operations import api_keys, rules
from processors.catalogue import registry
from shared import clock
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.containers import ALERT_EVENTS, ALERT_RULES, ALERT_STATES, ALERT_TASKS, JOBS, RUNS
from shared.documents.port import Body, Documents
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Permanent
from shared.jobs import transitions
from shared.jobs.record import JobKey, to_body
from shared.queues.memory import MemoryQueues
from shared.services import Services

RUN_COUNT, LETTER_COUNT, RULE_COUNT = 10_000, 5_000, 1_000
_CAUSES, _USERS = 12, 100
EMPTY, ONE = "nothing", "one of each"
FULL = f"{RUN_COUNT:,} runs, {LETTER_COUNT:,} dead letters of {_CAUSES} causes and {RULE_COUNT:,} rules that fire"
FILLED = "a page of each thing"
_SIZES = {EMPTY: (0, 0, 0), ONE: (1, 1, 1), FILLED: (60, 310, 60), FULL: (RUN_COUNT, LETTER_COUNT, RULE_COUNT)}
_LAST_SLOT = datetime(2026, 11, 23, 9, tzinfo=UTC)
_BETWEEN_SLOTS = timedelta(minutes=5)
LAST_RUN = f"pickup-rate|{clock.to_text(_LAST_SLOT)}"
_RULE = {
    "name": "Few pickups",
    "owner": "ada",
    "frequency": {"type": "daily", "time": "09:00", "timezone": "Europe/Berlin"},
    "condition": {"measure": "pickup_call_rate", "scope": "global", "operator": "<", "threshold": 40},
}


@dataclass(frozen=True, slots=True)
class World:
    """A store that was filled, the world of its API, and the key of an operator."""

    services: Services
    api: ApiWorld
    key: str


async def opened(name: str) -> World:
    """Return a filled world of its own, in memory."""
    made = api_keys.new("bench", "admin", ["*"], timedelta(days=1))
    setting = json.dumps([made.entry.entry()])
    settings = dataclasses.replace(Settings(), auth_mode="keys", api_keys=setting, api_rate_per_minute=1_000_000)
    documents, queues = SqliteDocuments(":memory:"), MemoryQueues()
    for kind in registry(settings):
        await queues.ensure(kind.queue)
        await queues.ensure(kind.poison_queue)
    services = Services(settings, documents, queues, cast(Blobs, None))  # no blob is asked for
    runs, letters, alert_rules = _SIZES[name]
    await _fill_runs(documents, runs)
    await _fill_letters(documents, settings, letters)
    if alert_rules:
        await _fill_rules(services, alert_rules, made.entry)
    return World(services, world_of(services), made.key)


async def _fill_runs(documents: Documents, count: int) -> None:
    for number in range(count):
        slot = clock.to_text(_LAST_SLOT - number * _BETWEEN_SLOTS)
        await documents.create(
            RUNS,
            {
                "id": f"pickup-rate|{slot}", "name": "pickup-rate", "slot": slot, "slotAt": slot,
                "status": "completed", "phase": "fan-in", "trigger": "timer", "by": "PickupRateAlert", "generation": 0,
                "schemaVersion": 1, "planned": 1, "shards": {"completed": 1}, "counters": {"evaluated": 3},
                "ttl": 604_800, "openedAt": slot, "endedAt": slot, "durations": {"total": 1.0},
            },
        )  # fmt: skip


async def _fill_letters(documents: Documents, settings: Settings, count: int) -> None:
    taste = registry(settings).named("taste")
    for number in range(count):
        user, name = f"user-{number % _USERS}", f"letter-{number}"
        payload = {"user_id": user, "item_id": name, "image_url": "https://shop.example/hat.png", "job_id": name}
        record = transitions.new_queued(taste, JobKey(user, name), payload, by="bench", traceparent=None)
        error = Permanent("There is no blob 'hat.png'", code="blob_missing", dependency="content")
        body = to_body(transitions.dead(record, transitions.reason_of("taste", error)), name)
        at = clock.text_now(-timedelta(seconds=number))
        reason = {**body["reason"], "cause": f"{number % _CAUSES:012}"}
        await documents.create(JOBS, {**body, "lastFailedAt": at, "updatedAt": at, "reason": reason})


async def _fill_rules(services: Services, count: int, entry: api_keys.ApiKey) -> None:
    """Let there be so many rules, each of which fires, with an event and a task of its own."""
    await rules.create(services, entry.actor, _RULE, id="rule-0")
    (rule,) = [one.body async for one in services.documents.query(ALERT_RULES)]
    at, client = clock.text_now(), rule["clientId"]
    for n in range(count):
        about: Body = {"clientId": client, "rule": f"rule-{n}", "scope": "global", "schemaVersion": 1}
        state = {"name": "FIRING", "firedAt": at, "since": at}
        held = {"status": "FIRING", "state": state, "outbox": [], "unsent": False, "schemaVersion": 2}
        told = {"kind": "firing", "at": at, "title": "Few pickups", "text": "Fewer than 40 %", "facts": {}, "sent": {}}
        task = {"owner": "ada", "state": "open", "severity": "error", "ruleName": "r", "title": "t", "text": "t"}
        for container, body in (
            (ALERT_RULES, {**rule, "id": f"rule-{n}", "name": f"Few pickups {n}"}),
            (ALERT_STATES, {**about, **held, "id": f"state-{n}"}),
            (ALERT_EVENTS, {**about, **told, "id": f"event-{n}", "number": 1}),
            (ALERT_TASKS, {**about, **task, "id": f"task-{n}", "number": 1, "firedAt": at}),
        ):
            await services.documents.upsert(container, body)
