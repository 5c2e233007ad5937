"""JSON Schema of a frequency, for editors. Reading checks what it can't say: zones, and fields of cron."""

from __future__ import annotations

from typing import Any

_TIME = {"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$", "default": "00:00"}
_DAYS = {"type": "array", "minItems": 1, "items": {"type": ["integer", "string"]}}
_MEMBERS: dict[str, dict[str, Any]] = {
    "daily": {"time": _TIME},
    "weekly": {"time": _TIME, "dayOfWeek": _DAYS},
    "monthly": {
        "time": _TIME,
        "dayOfMonth": _DAYS,
    },
    "hourly": {"time": _TIME},
    "cron": {"expression": {"type": "string", "description": "minute, hour, day-of-month, month, day-of-week"}},
}
_NEEDED = {"weekly": ["type", "dayOfWeek"], "monthly": ["type", "dayOfMonth"], "cron": ["type", "expression"]}


def _of_type(name: str, members: dict[str, Any]) -> dict[str, Any]:
    timezone = {"type": "string", "default": "America/Los_Angeles", "description": "A name of the tz database."}
    return {
        "type": "object",
        "properties": {"type": {"const": name}, **members, "timezone": timezone},
        "required": _NEEDED.get(name, [] if name == "daily" else ["type"]),
        "additionalProperties": False,
    }


SCHEMA: dict[str, Any] = {"oneOf": [_of_type(name, members) for name, members in _MEMBERS.items()]}
"""One object per type; without a type it is daily."""
