"""Bodies: reading a request's body within the limit, and its JSON strictly.

Refused are: more bytes than the limit; anything but one JSON text in UTF-8; numbers that JSON doesn't have (NaN);
halves of surrogate pairs, which no store keeps; nesting without end.
"""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from typing import Any, NoReturn

from starlette.requests import Request
from starlette.types import Receive

from api.problems import Problem, Stop

_DEEPEST = 64
_TYPES = ("application/json",)


def too_large(limit: int) -> Stop:
    """Return the problem of a body that is too large."""
    return Stop(Problem(413, "body_too_large", f"The body has more than {limit} bytes, which is the limit."))


async def read(scope: MutableMapping[str, Any], receive: Receive, limit: int) -> bytes:
    """Return the whole body. Raises the problem 413 when it has more bytes than `limit`."""
    for name, value in scope["headers"]:
        if name.lower() == b"content-length" and value.isdigit() and int(value[:20]) > limit:
            raise too_large(limit)
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise too_large(limit)
        parts.append(part)
        if not message.get("more_body", False):
            break
    return b"".join(parts)


def check_type(content_type: str | None) -> None:
    """Raise the problem 415 unless a body says that it is JSON."""
    if (content_type or "").partition(";")[0].strip().lower() not in _TYPES:
        raise Stop(Problem(415, "content_type_not_json", "The body must be JSON: send Content-Type: application/json."))


class StrictRequest(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> Any:
        """Return the body's JSON. Raises the problem 400 for what isn't."""
        if not hasattr(self, "_json"):
            self._json = parsed(await self.body())
        return self._json


def parsed(body: bytes) -> Any:
    """Return a body's JSON. Raises the problem 400 for what isn't."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_such_number)
        if b"\\u" in body or b"\\U" in body:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Stop(Problem(400, "not_json", f"The body isn't JSON: {_why(error)}.")) from None
    if _depth(value) > _DEEPEST:
        raise Stop(Problem(400, "not_json", f"The body is nested more than {_DEEPEST} deep."))
    return value


def _no_such_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return f"it isn't UTF-8 (byte {error.start})"
    if isinstance(error, UnicodeEncodeError):
        return "a text has half of a surrogate pair"
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level:
        deepest += 1
        if deepest > _DEEPEST:
            break
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
    return deepest
