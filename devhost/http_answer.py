"""Answer of an HTTP function: what does the client get of what it returned?

The library's own converter makes the message that a worker sends: a header that was given several times is there once,
with its last value, but for Set-Cookie. Azure's host then writes it: it refuses headers beyond printable ASCII and a
Content-Length that isn't the body's, takes cookies apart and writes them its own way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http.cookies import Morsel
from typing import Any
from urllib.parse import quote

from azure.functions.http import HttpResponseConverter

from devhost.errors import DevhostError

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[\t\x20-\x7e]*")
_BODILESS = frozenset((204, 205, 304))


class Unanswerable(DevhostError):
    """What the function returned is no answer, so the client gets a bare 500."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes to the client."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def make(result: object, method: str) -> Answer:
    """Return the answer to a `method` request whose function returned `result`.

    Raises Unanswerable, and whatever the converter raises.
    """
    try:
        datum: Any = HttpResponseConverter.encode(result, expected_type=None)
    except NotImplementedError:
        raise Unanswerable(f"returned {type(result).__name__}; return an azure.functions.HttpResponse") from None
    if datum.type == "string":
        return Answer(200, (("Content-Type", "text/plain; charset=utf-8"),), datum.value.encode())
    parts: dict[str, Any] = datum.value
    headers = _headers({name: value.value for name, value in parts["headers"].items()})
    cookies = [_cookie(morsel) for jar in parts["cookies"] or () for morsel in jar.values()]
    for cookie in cookies:
        _check("set-cookie", cookie)
    answer = Answer(
        _status(parts["status_code"].value),
        (*headers.items(), *(("Set-Cookie", cookie) for cookie in cookies)),
        parts["body"].value,
    )
    _check_length(answer, headers, method)
    return answer


def _headers(given: dict[str, Any]) -> dict[str, str]:
    headers: dict[str, str] = {}
    seen: set[str] = set()
    for name, value in given.items():
        _check(name, value)
        if name.casefold() == "transfer-encoding":
            raise Unanswerable("set Transfer-Encoding, which is the host's to set")
        # Of names that differ by case the host takes the first.
        if name.casefold() not in seen:
            seen.add(name.casefold())
            headers[name] = value
    return headers


def _check(name: object, value: object) -> None:
    if not isinstance(name, str) or not isinstance(value, str):
        raise Unanswerable(f"gave the header {name!r} a value that isn't text")
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise Unanswerable(f"gave the header {name!r} a value beyond printable ASCII")


def _status(text: str) -> int:
    if not text.isdecimal() or not 200 <= int(text) <= 999:
        raise Unanswerable(f"answered with status {text}")
    return int(text)


def _check_length(answer: Answer, headers: dict[str, str], method: str) -> None:
    told = next((value for name, value in headers.items() if name.casefold() == "content-length"), None)
    if told is None or method == "HEAD" or answer.status in _BODILESS:
        return
    if told.strip() != str(len(answer.body)):
        raise Unanswerable(f"said Content-Length {told} of a body of {len(answer.body)} bytes")


def _cookie(morsel: Morsel[str]) -> str:
    """Return a cookie as Azure's host writes it. Raises ValueError where the worker does: expires, max-age."""
    parts = [f"{morsel.key}={quote(morsel.value, safe='')}"]
    if morsel["expires"]:
        expires = datetime.strptime(morsel["expires"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
        parts.append(f"expires={format_datetime(expires, usegmt=True)}")
    if morsel["max-age"]:
        if (seconds := float(morsel["max-age"])) < 0:
            raise Unanswerable(f"set a cookie with max-age {morsel['max-age']}")
        parts.append(f"max-age={int(seconds)}")
    # The worker sends these two empty where they aren't given, and the host writes what it gets.
    parts += [f"{name}={morsel[name]}" for name in ("domain", "path")]
    if morsel["secure"]:
        parts.append("secure")
    if morsel["samesite"].casefold() in ("lax", "strict", "none"):
        parts.append(f"samesite={morsel['samesite'].casefold()}")
    if morsel["httponly"]:
        parts.append("httponly")
    return "; ".join(parts)
