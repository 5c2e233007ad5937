"""Exchange: what is known of the request that is being answered: its id, its trace, and who asks."""

from __future__ import annotations

import re
import secrets
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from operations.actor import Actor

_KEY = "nightshift.exchange"
_is_request_id = re.compile(r"[A-Za-z0-9._-]{1,64}").fullmatch
_is_traceparent = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?P<trace>(?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-(?P<flags>[0-9a-f]{2})"
).fullmatch


@dataclass(slots=True)
class Exchange:
    """One request: its `id`, the `traceparent` of our part of its trace, and the `actor` once that is known."""

    id: str
    traceparent: str
    actor: Actor | None = None
    route: str = ""
    """The route's template, once it is known."""


def request_id_of(given: str | None) -> str:
    """Return the id that a caller gave if it is plain, else a new one."""
    return given if given is not None and _is_request_id(given) else secrets.token_hex(16)


def traceparent_of(given: str | None) -> str:
    """Return the W3C traceparent of our part: of the caller's trace, if it gave a valid one, else of a new one."""
    found = _is_traceparent(given.strip()) if given is not None else None
    trace, flags = (found["trace"], found["flags"]) if found else (secrets.token_hex(16), "01")
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"


def put(scope: MutableMapping[str, Any], exchange: Exchange) -> None:
    """Keep the exchange with its request's ASGI scope."""
    scope[_KEY] = exchange


def of(scope: MutableMapping[str, Any]) -> Exchange:
    """Return the exchange of a request's ASGI scope."""
    found: Exchange = scope[_KEY]
    return found
