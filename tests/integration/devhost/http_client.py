"""HTTP client that sends exactly what it is given: no path is tidied, no header added but those that a body needs."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.patience import LIMIT_SECONDS


@dataclass(frozen=True)
class Asked:
    """A request. `headers` beside Host and Content-Length, which it gets itself unless they are there."""

    target: str
    method: str = "GET"
    headers: Sequence[tuple[str, str | bytes]] = ()
    body: bytes | None = None


@dataclass(frozen=True)
class Told:
    """An answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> list[str]:
        """Return all values of a header."""
        return [value for given, value in self.headers if given.lower() == name.lower()]

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


async def ask(address: str, asked: Asked | str) -> Told:
    """Send a request to `address`; return what it answers."""
    return await asyncio.to_thread(_ask, address, asked if isinstance(asked, Asked) else Asked(asked))


def _ask(address: str, asked: Asked) -> Told:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=LIMIT_SECONDS)
    names = {name.lower() for name, _ in asked.headers}
    try:
        connection.putrequest(asked.method, asked.target, skip_host="host" in names, skip_accept_encoding=True)
        for name, value in asked.headers:
            connection.putheader(name, value)
        if asked.body is not None and not names & {"content-length", "transfer-encoding"}:
            connection.putheader("Content-Length", str(len(asked.body)))
        connection.endheaders(asked.body)
        response = connection.getresponse()
        return Told(response.status, response.getheaders(), response.read())
    finally:
        connection.close()
