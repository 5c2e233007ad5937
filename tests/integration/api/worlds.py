"""A world of the HTTP API: an app that is operated, keys for every role, and callers that ask it in process."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import httpx

from api.app import create
from api.world import world_of
from operations.actor import ROLES
from shared import clock
from shared.config import Settings
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.runtime import Runtime
from shared.services import Services
from tests.integration.jobs.worlds import MovingClock, WatchedDocuments, WatchedQueues
from tests.integration.operations.worlds import OperatedWorld

ADDRESS = "https://nightshift.example"


def key_of(label: str) -> str:
    """Return the key of a label, as its caller has it."""
    return f"nsk_{label}"


def entry(label: str, role: str, scopes: Iterable[str] = ("*",), *, days: float = 30) -> dict[str, Any]:
    """Return an entry of API_KEYS."""
    return {
        "label": label,
        "role": role,
        "scopes": list(scopes),
        "expires": clock.text_now(timedelta(days=days)),
        "sha256": hashlib.sha256(key_of(label).encode()).hexdigest(),
    }


def entries() -> list[dict[str, Any]]:
    """Return a key of every role for everything (named as it), for one owner of each kind, and one that has expired."""
    scoped = [f"{kind}:{name}" for kind in ("user", "client", "org", "merchant") for name in ("right", "wrong")]
    return [
        *(entry(role, role) for role in ROLES),
        *(entry(f"{role}-{name}", role, [s for s in scoped if s.endswith(name)])
          for role in ROLES for name in ("right", "wrong")),
        *(entry(f"{role}-expired", role, days=-1) for role in ROLES),
    ]  # fmt: skip


class ApiWorld(OperatedWorld):
    """An operated app, and its HTTP API."""

    def __init__(self, time: MovingClock, storage: str, **changes: Any) -> None:
        told: dict[str, Any] = {"storage": storage, "auth_mode": "keys", "api_keys": json.dumps(entries())}
        settings = dataclasses.replace(Settings(), **{**told, "api_rate_per_minute": 100_000, **changes})
        log: list[str] = []
        documents = WatchedDocuments(SqliteDocuments(":memory:"), log)
        super().__init__(time, storage, settings, documents=documents)
        watched = WatchedQueues(log)
        watched._queues = self.queues._queues
        self.queues: WatchedQueues = watched
        self.services = Services(self.settings, self.documents, self.queues, self.blobs)
        self.runtime = Runtime(self.services)
        self.world = world_of(self.services)
        self.app = create(self.world)

    def client(self, key: str | None = "admin", **headers: str) -> httpx.AsyncClient:
        """Return a caller with the key of a label; none with None."""
        sent = {**({"x-api-key": key_of(key)} if key else {}), **headers}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=ADDRESS, headers=sent)

    async def asked(self, method: str, path: str, key: str | None = "admin", **more: Any) -> httpx.Response:
        """Ask for a path below /api/v1, with the key of a label."""
        async with self.client(key) as client:
            return await client.request(method, f"/api/v1{path}", **more)
