"""Argument of an HTTP function: what does it see of a request?

What the library's own converter makes of the message that Azure's host sends for it: names of headers in small letters,
a header that came several times joined by commas, the body as bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from azure.functions.http import HttpRequest, HttpRequestConverter
from azure.functions.meta import Datum


@dataclass(frozen=True, slots=True)
class Message:
    """What the host tells a worker of a request."""

    method: str
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    route: Mapping[str, str]
    body: bytes


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers of a request as a function gets them. Raises ValueError when one isn't UTF-8."""
    headers: dict[str, str] = {}
    for name, value in raw:
        lower, text = name.decode().lower(), value.decode()
        headers[lower] = f"{headers[lower]},{text}" if lower in headers else text
    return headers


def make(message: Message) -> HttpRequest:
    """Return the argument for `message`, by the library's converter."""
    parts: dict[str, Any] = {
        "method": _text(message.method),
        "url": _text(message.url),
        "headers": _texts(message.headers),
        "query": _texts(message.query),
        "params": _texts(message.route),
        "body": Datum(message.body, "bytes"),
    }
    return HttpRequestConverter.decode(Datum(parts, "http"), trigger_metadata={})  # type: ignore[no-any-return]


def _text(value: str) -> Datum:
    return Datum(value, "string")


def _texts(values: Mapping[str, str]) -> dict[str, Datum]:
    return {name: _text(value) for name, value in values.items()}
