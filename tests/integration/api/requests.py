"""One request of each route, for things of an owner named `right`. A route without one fails the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OWNER = "right"
_USER = {"user": OWNER}
_CLIENT = {"client": OWNER}
_ORG = {"org": OWNER}
_MERCHANT = {"scope": f"merchant:{OWNER}"}
_DAY = {"from": "2026-11-22T00:00:00.000Z", "to": "2026-11-23T00:00:00.000Z"}
_RULE = {
    "name": "Few calls",
    "condition": {
        "measure": "pickup_call_rate",
        "scope": f"merchant:{OWNER}",
        "windowSeconds": 3600,
        "operator": "<",
        "threshold": 40,
    },
}


@dataclass(frozen=True)
class Said:
    """What a request says beside its path: its query, and its body."""

    params: Mapping[str, str] = field(default_factory=dict)
    json: Any = None


REQUESTS: Mapping[tuple[str, str], Said] = {
    ("GET", "/health/live"): Said(),
    ("GET", "/health/ready"): Said(),
    ("GET", "/health/jobs"): Said(),
    ("GET", "/explain"): Said({**_USER, "id": "hat"}),
    ("POST", "/jobs/taste-analysis"): Said(
        json={"user_id": OWNER, "item_id": "hat", "image_url": "https://shop.example/hat.png"}
    ),
    ("GET", "/jobs"): Said(_USER),
    ("GET", "/jobs/{id}"): Said(_USER),
    ("GET", "/jobs/{id}/explain"): Said(_USER),
    ("POST", "/jobs/{id}/cancel"): Said(_USER),
    ("GET", "/dead-letters"): Said(_USER),
    ("GET", "/dead-letters/causes"): Said(_USER),
    ("POST", "/dead-letters/replay"): Said(_USER, {"dryRun": False}),
    ("POST", "/dead-letters/discard"): Said(_USER, {"dryRun": False}),
    ("POST", "/dead-letters/purge"): Said(_USER, {"dryRun": False}),
    ("POST", "/dead-letters/replays"): Said(json={"dryRun": False}),
    ("GET", "/dead-letters/replays/{id}"): Said(),
    ("POST", "/dead-letters/replays/{id}/cancel"): Said(),
    ("GET", "/dead-letters/{id}"): Said(_USER),
    ("POST", "/dead-letters/{id}/replay"): Said(_USER, {"force": True}),
    ("GET", "/runs"): Said(),
    ("GET", "/runs/missed"): Said(),
    ("GET", "/runs/{id}"): Said(),
    ("POST", "/runs/{id}/start"): Said(json={"user": OWNER}),
    ("POST", "/runs/{id}/cancel"): Said(),
    ("GET", "/timers"): Said(),
    ("GET", "/profiles/{user}"): Said(),
    ("GET", "/profiles/{user}/evidence"): Said(),
    ("GET", "/digests/{user}"): Said(),
    ("GET", "/digests/{user}/latest"): Said(),
    ("GET", "/digests/{user}/latest/html"): Said(),
    ("POST", "/digests/{user}/feedback"): Said(json={"item": "hat", "verdict": "up"}),
    ("PUT", "/digests/{user}/preferences"): Said(json={"wantsDigests": True}),
    ("GET", "/links/{token}"): Said(),
    ("POST", "/links/{token}"): Said(),
    ("GET", "/moods"): Said(),
    ("GET", "/moods/trends"): Said(),
    ("GET", "/moods/{id}"): Said(),
    ("GET", "/sources"): Said(),
    ("POST", "/sources"): Said(json={"url": "https://shop.example/feed.xml"}),
    ("POST", "/sources/preview"): Said(json={"url": "http://127.0.0.1/feed.xml"}),
    ("POST", "/sources/{id}/pause"): Said(json={"reason": "no more"}),
    ("POST", "/sources/{id}/resume"): Said(),
    ("POST", "/calls"): Said(
        json=[{"call_id": "c1", "merchantId": "m1", "status": "FINISHED", "endedAt": "2026-11-23T08:00:00.000Z"}]
    ),
    ("GET", "/pickup-rate/rates"): Said(_MERCHANT),
    ("GET", "/pickup-rate/settings"): Said(_MERCHANT),
    ("PATCH", "/pickup-rate/settings"): Said(_MERCHANT, {"threshold": 30}),
    ("POST", "/pickup-rate/backtest"): Said(_MERCHANT, _DAY),
    ("POST", "/pickup-rate/evaluate"): Said(),
    ("GET", "/metrics"): Said(),
    ("GET", "/metrics/state"): Said(),
    ("GET", "/metrics/series"): Said(_ORG),
    ("GET", "/metrics/overview"): Said(_ORG),
    ("GET", "/metrics/summary"): Said(_ORG),
    ("GET", "/metrics/live"): Said(_ORG),
    ("POST", "/metrics/events"): Said(
        json=[{"event_id": "e1", "orgId": "acme", "kind": "document", "occurredAt": "2026-11-23T08:00:00.000Z"}]
    ),
    ("POST", "/metrics/backfill"): Said(json={"org": OWNER, "dryRun": False}),
    ("GET", "/alerts/states"): Said(_CLIENT),
    ("GET", "/alerts/history"): Said(_CLIENT),
    ("POST", "/alerts/silence"): Said(_CLIENT, {"rule": "pickup-rate", "scope": "merchant:right", "until": None}),
    ("GET", "/alerts/tasks"): Said(_CLIENT),
    ("POST", "/alerts/tasks/{id}/acknowledge"): Said(_CLIENT),
    ("GET", "/alerts/scheduler"): Said(),
    ("POST", "/alerts/scheduler/reload"): Said(),
    ("POST", "/alerts/scheduler/start"): Said(),
    ("POST", "/alerts/scheduler/stop"): Said(),
    ("GET", "/alerts/rules"): Said(_CLIENT),
    ("POST", "/alerts/rules"): Said(_CLIENT, _RULE),
    ("POST", "/alerts/rules/preview"): Said(json={"frequency": {"type": "hourly"}}),
    ("POST", "/alerts/rules/backtest"): Said(json={"rule": _RULE, **_DAY}),
    ("POST", "/alerts/rules/{id}/backtest"): Said(_CLIENT, _DAY),
    ("GET", "/alerts/rules/{id}"): Said(_CLIENT),
    ("PATCH", "/alerts/rules/{id}"): Said(_CLIENT, {"name": "Fewer calls"}),
    ("DELETE", "/alerts/rules/{id}"): Said(_CLIENT),
    ("POST", "/alerts/rules/{id}/run"): Said(_CLIENT),
    ("GET", "/alerts/rules/{id}/preview"): Said(_CLIENT),
    ("GET", "/gates"): Said(),
    ("POST", "/gates/{id}/close"): Said(json={"reason": "a pause"}),
    ("POST", "/gates/{id}/open"): Said(),
    ("GET", "/queues"): Said(),
    ("POST", "/queues/{id}/add-only"): Said(json={"hours": 1}),
    ("GET", "/status"): Said(),
    ("GET", "/users/{user}/export"): Said(),
    ("DELETE", "/users/{user}"): Said(),
}


def path_of(path: str) -> str:
    """Return a route's path with its ids filled in."""
    return path.replace("{user}", OWNER).replace("{id}", "hat")
