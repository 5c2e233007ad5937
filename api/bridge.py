"""Bridge: from the Functions worker's request to the ASGI app and back, with a guard around the library's own bridge.

That decodes a path before the app sees it (so ``%2F`` is a ``/``, and ``%FF`` raises), raises for headers that aren't
UTF-8, keeps one header of a name, and streams nothing. Whatever raises becomes a problem document here.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes, urlsplit

import azure.functions as func

from api import problems
from api.exchange import request_id_of
from shared.telemetry import event

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_log = logging.getLogger("nightshift.api")


class Bridge:
    """Answers the worker's requests by an ASGI app."""

    def __init__(self, app: ASGIApp) -> None:
        self._middleware = func.AsgiMiddleware(app)  # type: ignore[no-untyped-call]

    async def answer(self, request: func.HttpRequest, context: func.Context | None = None) -> func.HttpResponse:
        """Return the app's answer, or a problem document when the app can't be asked."""
        request_id = request_id_of(request.headers.get("x-request-id"))
        if not _can_be_read(request.url):
            return _told(problems.PATH_UNREADABLE, request_id)
        try:
            answer: func.HttpResponse = await self._middleware.handle_async(request, context)
        except Exception:
            _log.exception("bridge failed", extra={"fields": {"request_id": request_id}})
            return _told(problems.UNEXPECTED, request_id)
        return answer


async def serve(request: func.HttpRequest, context: func.Context | None = None) -> func.HttpResponse:
    """Answer a request by the process's app, or by a problem document when that can't be built."""
    try:
        bridge = of_process()
    except Exception:
        request_id = request_id_of(request.headers.get("x-request-id"))
        _log.exception("api can't be opened", extra={"fields": {"request_id": request_id}})
        return _told(problems.UNEXPECTED, request_id)
    return await bridge.answer(request, context)


@lru_cache(maxsize=1)
def of_process() -> Bridge:
    """Return the process's bridge: the app is built at the first call."""
    from api.app import app_of_process

    event(_log, logging.INFO, "api opens")
    return Bridge(app_of_process())


def _can_be_read(url: str) -> bool:
    """Return whether the library gives the app this address: its host and port are such, its path is UTF-8.

    What follows a ``;`` it takes away without a word.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
        unquote_to_bytes(parts.path).decode("utf-8")
    except ValueError:
        return False
    return ";" not in parts.path


def _told(problem: problems.Problem, request_id: str) -> func.HttpResponse:
    return func.HttpResponse(
        body=problem.body(request_id),
        status_code=problem.status,
        headers={"X-Request-Id": request_id, "Cache-Control": "no-store"},
        mimetype=problems.MEDIA_TYPE,
    )
