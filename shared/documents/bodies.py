"""What may be stored as a document, and how is it written down?

Every adapter sends a body through `encode`, so that all refuse the same ones: JSON as Cosmos DB keeps it, at most 2 MB,
128 levels deep, integers within 2^53, and no top-level name with ``_`` in front, since those are the store's own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from shared.documents import ids
from shared.documents.containers import Container
from shared.documents.port import Body
from shared.errors import Permanent

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 128
"""Cosmos DB's limits of an item."""
MAX_INTEGER = 2**53
"""Cosmos DB keeps numbers as doubles and rounds integers beyond it."""
MAX_TTL_SECONDS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Encoded:
    """A body ready to be stored: its `key`, its JSON `text`, a deep `copy` of it, and its `ttl_seconds` if any."""

    key: ids.Key
    text: str
    copy: Body
    ttl_seconds: int | None


def encode(container: Container, body: Body) -> Encoded:
    """Return `body` as it is to be stored in `container`.

    Raises Permanent with code ``document_invalid`` or ``document_too_large``.
    """
    try:
        text = to_json(body)
        size = len(text.encode())
        copy = _checked_from_json(text)[0]
    except (TypeError, ValueError, RecursionError) as error:
        raise _invalid(container, body, str(error)) from None
    if size > MAX_BYTES:
        raise Permanent(
            f"A document for {container.name} has {size} bytes; the store takes {MAX_BYTES}. "
            "Put what is big into a blob.",
            code="document_too_large",
            dependency="store",
        )
    if flaw := _flaw(container, body, text, copy):
        raise _invalid(container, body, flaw)
    ttl_seconds = copy["ttl"] if container.expires and "ttl" in copy else None
    return Encoded(ids.key(copy[container.partition_key], copy["id"]), text, copy, ttl_seconds)


def decode(text: str) -> Body:
    """Return the body that `encode` wrote as `text`."""
    body: Body = _from_json(text)[0]
    return body


def to_json(value: Any) -> str:
    """Return `value` as the compact JSON that documents are stored in. Raises what `json` raises."""
    return _encoder.encode(value)


def _whole(digits: str) -> int:
    number = int(digits)
    if not -MAX_INTEGER <= number <= MAX_INTEGER:
        raise ValueError(f"the integer {digits} is beyond 2^53; write it as text")
    return number


# Whoever reads copies anyway, so the check of integers rides on reading back what was written: no walk of its own.
_checked_from_json = json.JSONDecoder(parse_int=_whole).raw_decode
_from_json = json.JSONDecoder().raw_decode
_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"))


def _flaw(container: Container, body: Body, text: str, copy: Any) -> str | None:
    if not isinstance(copy, dict):
        return "it isn't a JSON object"
    for name in ("id", container.partition_key):
        if not isinstance(copy.get(name), str):
            return f"its {name!r} is {copy.get(name)!r} instead of a text"
    if "ttl" in copy and not _is_ttl(copy["ttl"]):
        return f"its 'ttl' is {copy['ttl']!r} instead of whole seconds from 1 to {MAX_TTL_SECONDS}"
    # The next three are rare: a cheap look at the text tells that there is nothing to look for.
    if '"_' in text and (own := [name for name in copy if name.startswith("_")]):
        return f"its member {own[0]!r} begins with '_', as the store's own do"
    if text.count("{") + text.count("[") > MAX_DEPTH and _is_deeper(copy, MAX_DEPTH):
        return f"it is nested deeper than {MAX_DEPTH} levels"
    if copy != body and not _has_only_text_names(body):
        return "a name of a member isn't a text"
    return None


def _is_ttl(value: Any) -> bool:
    return type(value) is int and 1 <= value <= MAX_TTL_SECONDS


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    if levels == 0:
        return True
    return any(_is_deeper(inner, levels - 1) for inner in (value.values() if isinstance(value, dict) else value))


def _has_only_text_names(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(name, str) and _has_only_text_names(inner) for name, inner in value.items())
    return not isinstance(value, (list, tuple)) or all(_has_only_text_names(inner) for inner in value)


def _invalid(container: Container, body: Any, flaw: str) -> Permanent:
    name = body.get("id") if isinstance(body, dict) else None
    return Permanent(
        f"Document {name!r} for {container.name} can't be stored: {flaw}.", code="document_invalid", dependency="store"
    )
