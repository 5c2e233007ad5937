"""Examples of answers, made from their schemas where a route gives none of its own: one value of each member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.schemas import REF

_DEEPEST = 6
_TEXTS: Mapping[str, Any] = {
    "id": "c1646e67",
    "scope": "ada",
    "user": "ada",
    "kind": "taste",
    "queue": "taste-analysis-jobs",
    "status": "waiting",
    "name": "digest",
    "week": "2026-W48",
    "slot": "2026-W48",
    "next": None,
    "url": "https://shop.example/feed.xml",
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}
"""What members of these names hold."""
_AT = "2026-11-23T09:00:00.000Z"
_OF_TYPE: Mapping[str, Any] = {"integer": 1, "number": 0.5, "boolean": True, "null": None}


def of(schema: Mapping[str, Any], components: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
    """Return a value that fits a schema; `name` is the member that it stands in."""
    if depth > _DEEPEST or not schema:
        return None if not schema else {}
    if "$ref" in schema:
        return of(components[schema["$ref"].removeprefix(REF)], components, name, depth)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _any(schema["anyOf"], components, name, depth)
    kinds = schema.get("type", "object")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if kind == "string":
        return _text(schema, name)
    if kind == "array":
        return [of(schema.get("items", {}), components, name, depth + 1)]
    if kind == "object":
        parts = schema.get("properties", {}).items()
        return {member: of(part, components, member, depth + 1) for member, part in parts}
    return _OF_TYPE[kind]


def _any(choices: list[Mapping[str, Any]], components: Mapping[str, Any], name: str, depth: int) -> Any:
    """Return a value of the first choice that is no null; null for a member that is best so."""
    nullable = any(one.get("type") == "null" for one in choices)
    if nullable and name in _TEXTS and _TEXTS[name] is None:
        return None
    return of(next(one for one in choices if one.get("type") != "null"), components, name, depth)


def _text(schema: Mapping[str, Any], name: str) -> str:
    if schema.get("format") == "date-time" or name.endswith(("At", "Slot", "Run", "due", "since", "until")):
        return _AT
    if schema.get("format") == "date":
        return _AT[:10]
    found = _TEXTS.get(name)
    return found if isinstance(found, str) else name or "text"
