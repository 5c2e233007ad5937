"""Rule form: the members of an alert rule as fields of a form, and back.

What can't be stays as it was typed, so that the check of the rule names the member and the value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from api.console.forms import Fields

TYPES = ("daily", "weekly", "monthly", "hourly", "cron")
SEVERITIES = ("info", "warning", "error", "critical")
CONDITIONS = ("threshold", "change_percent", "no_data")
OPERATORS = ("<", "<=", ">", ">=", "==")
EMPTY: Mapping[str, str] = {
    "name": "", "active": "yes", "severity": "warning", "owner": "", "channels": "", "after": "", "grace": "1h",
    "jitter": "0s", "type": "daily", "time": "09:00", "days": "", "expression": "", "timezone": "UTC",
    "kind": "threshold", "measure": "", "scope": "global", "options": "", "window": "1h", "operator": "<",
    "threshold": "", "minimum_sample": "0", "for": "1", "clear_for": "1", "margin": "0", "remind": "0s",
}  # fmt: skip
"""The fields of a rule that is yet to be written."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LENGTH = re.compile(r"(\d{1,7})([smhd]?)")


def typed(fields: Fields) -> dict[str, str]:
    """Return the fields of a form as they were typed; those that it doesn't have are as in an empty one."""
    found = {name: (fields.get(name) or "") if name in fields.values else EMPTY[name] for name in EMPTY}
    return {**found, "active": "yes" if fields.get("active") or "name" not in fields.values else ""}


def filled(rule: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a rule that there is, from its JSON members."""
    frequency, condition = rule["frequency"], rule["condition"]
    days = frequency.get("dayOfWeek", frequency.get("dayOfMonth", ()))
    ratio, options = condition.get("ratio"), condition.get("options")
    return {
        "name": rule["name"],
        "active": "yes" if rule["active"] else "",
        "severity": rule["severity"],
        "owner": rule.get("owner") or "",
        "channels": ", ".join(rule["channels"]),
        "after": ", ".join(rule["after"]),
        "grace": _length(rule["graceSeconds"]),
        "jitter": _length(rule["jitterSeconds"]),
        "type": frequency["type"],
        "time": frequency.get("time", ""),
        "days": ", ".join(map(str, days)),
        "expression": frequency.get("expression", ""),
        "timezone": frequency["timezone"],
        "kind": condition["type"],
        "measure": " / ".join(ratio) if ratio else condition["measure"],
        "scope": condition["scope"],
        "options": json.dumps(options) if options else "",
        "window": _length(condition["windowSeconds"]),
        "operator": condition.get("operator", "<"),
        "threshold": f"{condition['threshold']:g}" if condition.get("threshold") is not None else "",
        "minimum_sample": str(condition["minimumSample"]),
        "for": str(condition["for"]),
        "clear_for": str(condition["clearFor"]),
        "margin": f"{condition['margin']:g}",
        "remind": _length(condition["remindSeconds"]),
    }


def frequency(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the frequency that fields say."""
    kind = fields["type"]
    said: dict[str, Any] = {"type": kind, "timezone": fields["timezone"]}
    if kind == "cron":
        return {**said, "expression": fields["expression"]}
    said["time"] = fields["time"]
    if kind in ("weekly", "monthly"):
        days = [_number(one.strip()) for one in fields["days"].split(",") if one.strip()]
        said["dayOfWeek" if kind == "weekly" else "dayOfMonth"] = days
    return said


def said(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the members of a rule that fields say; None for those that are left out."""
    compares, parts = fields["kind"] != "no_data", [one.strip() for one in fields["measure"].split("/")]
    condition = {
        "type": fields["kind"],
        "measure": parts[0] if len(parts) == 1 else None,
        "ratio": parts if len(parts) > 1 else None,
        "scope": fields["scope"],
        "options": _json(fields["options"]),
        "windowSeconds": _seconds(fields["window"]),
        "operator": fields["operator"] if compares else None,
        "threshold": _number(fields["threshold"]) if compares else None,
        "minimumSample": _number(fields["minimum_sample"]) if compares else None,
        "for": _number(fields["for"]),
        "clearFor": _number(fields["clear_for"]),
        "margin": _number(fields["margin"]) if compares else None,
        "remindSeconds": _seconds(fields["remind"]),
    }
    return {
        "name": fields["name"],
        "active": fields["active"] == "yes",
        "severity": fields["severity"],
        "frequency": frequency(fields),
        "condition": condition,
        "channels": _listed(fields["channels"]),
        "owner": fields["owner"] or None,
        "after": _listed(fields["after"]),
        "graceSeconds": _seconds(fields["grace"]),
        "jitterSeconds": _seconds(fields["jitter"]),
    }


def without_nothing(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return members without those that are left out, as a new rule has them."""
    return {
        name: without_nothing(value) if name == "condition" else value
        for name, value in members.items()
        if value is not None
    }


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _number(text: str) -> Any:
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text or None


def _seconds(text: str) -> Any:
    found = _LENGTH.fullmatch(text.strip())
    return int(found[1]) * _UNITS[found[2] or "s"] if found else (text or None)


def _length(seconds: int) -> str:
    unit = next(one for one in ("d", "h", "m", "s") if seconds % _UNITS[one] == 0 and (seconds or one == "s"))
    return f"{seconds // _UNITS[unit]}{unit}"


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
