"""Asking a tenant's servers: one request, within limits of time and size. Nothing of it is logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from shared.errors import Unavailable

LIMIT_SECONDS = 10.0
"""From the first byte sent to the last received: somebody waits for the answer in a browser."""
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    body: bytes


async def ask(what: str, address: str, form: Mapping[str, str] | None = None) -> Answer:
    """Return what a server answers: to a GET, or to a POST of a form. A redirect is not followed.

    Raises Unavailable (dependency ``identity``) that names `what` was asked for, when there is no whole answer in
    time, or the server says that it failed (429, 5xx).
    """
    limit = aiohttp.ClientTimeout(total=LIMIT_SECONDS)
    method = "GET" if form is None else "POST"
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.request(method, address, data=form, allow_redirects=False) as answer,
        ):
            body = bytearray()
            async for chunk in answer.content.iter_chunked(65_536):
                body += chunk
                if len(body) > _MOST_BYTES:
                    raise unavailable(what, address, "the answer is too large")
    except (aiohttp.ClientError, TimeoutError) as error:
        raise unavailable(what, address, type(error).__name__) from error
    if answer.status == 429 or answer.status >= 500:
        raise unavailable(what, address, f"status {answer.status}")
    return Answer(answer.status, bytes(body))


def unavailable(what: str, address: str, why: str) -> Unavailable:
    """Return the error of a server that can't be asked now."""
    return Unavailable(f"{what} at {address} can't be read: {why}.", code="unavailable", dependency="identity")
