"""Once: a POST with an Idempotency-Key is done once, and asked again gets the answer that it got."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from api.problems import Problem, Stop
from operations import idempotency
from operations.actor import Actor
from operations.idempotency import Kept
from operations.ports import Documents
from shared.errors import NightshiftError
from shared.telemetry import event

_log = logging.getLogger("nightshift.api")
HEADER = "idempotency-key"
_NOT_KEPT = frozenset({401, 403, 408, 409, 429})
"""Answers that may be others a moment later, beside those of the server's failures."""
_is_key = re.compile(r"[\x21-\x7e]{1,128}").fullmatch


async def done(
    documents: Documents, by: Actor, request: Request, answer: Callable[[], Awaitable[Response]]
) -> Response:
    """Return what `answer` answers; for a key that was answered before, that answer.

    Raises UsageError for a key of another request, Refused while the first one is in progress.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return await answer()
    if not _is_key(key):
        raise Stop(
            Problem(422, "idempotency_key_invalid", "An Idempotency-Key has 1 to 128 visible characters in ASCII.")
        )
    begun = await idempotency.begin(documents, by.name, key, _fingerprint(request, await request.body()))
    if isinstance(begun, Kept):
        return Response(begun.body.encode(), begun.status, headers={**begun.headers, "idempotency-replayed": "true"})
    try:
        response = await answer()
    except BaseException:
        await idempotency.drop(documents, begun)
        raise
    if response.status_code >= 500 or response.status_code in _NOT_KEPT:
        await idempotency.drop(documents, begun)
    else:
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        body = bytes(response.body).decode("utf-8", "replace")
        try:
            await idempotency.keep(documents, begun, Kept(response.status_code, headers, body))
        except NightshiftError as error:  # it is done, and its caller must know
            event(_log, logging.WARNING, "answer not kept", code=error.code)
    return response


def _fingerprint(request: Request, body: bytes) -> str:
    """Return what a request asks for: its method, path, query and body."""
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(asked + body).hexdigest()
