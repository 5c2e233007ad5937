"""Rule example: an alert rule as its file has it, for the API's document."""

from __future__ import annotations

from typing import Any

RULE: dict[str, Any] = {
    "name": "Few calls are picked up",
    "frequency": {"type": "daily", "time": "09:00", "timezone": "Europe/Berlin"},
    "condition": {
        "measure": "pickup_call_rate",
        "scope": "merchant:m1",
        "windowSeconds": 86400,
        "operator": "<",
        "threshold": 40,
    },
    "channels": ["outbox"],
}
