"""Edge: what happens to every request before its route is looked up, and to every answer before it leaves.

An id and a trace; the body, within the limit; who asks; how often. Answers get their headers, in ASCII, and a line in
the log. Only public routes are answered to anybody; the console's pages ask by themselves who it is.
"""

from __future__ import annotations

import logging
import time
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import bodies, console, exchange, problems
from api.auth.modes import Nobody
from api.auth.port import Asked
from api.exchange import Exchange
from api.problems import Problem, Stop
from api.world import World
from shared.errors import NightshiftError
from shared.telemetry import event, signals

PUBLIC = frozenset({"/api/v1/health/live", "/api/v1/health/ready", "/api/openapi.json", "/api/docs", "/api/errors"})
"""Paths that are answered without a key. What begins with /api/docs/ are the page's own files;
what begins with /api/v1/links/ is signed."""
_log = logging.getLogger("nightshift.api")


class Edge:
    """The outermost layer of the app."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        request_id = exchange.request_id_of(headers.get("x-request-id"))
        theirs = headers.get("traceparent")
        with signals.current().answering(scope["method"], theirs, exchange.traceparent_of(theirs)) as answering:
            it = Exchange(request_id, answering.traceparent)
            exchange.put(scope, it)
            status = await self._told(scope, receive, send, Asked(headers), it, began)
            answering.answered(it.route.partition(" ")[2], status)

    async def _told(
        self, scope: Scope, receive: Receive, send: Send, asked: Asked, it: Exchange, began: float
    ) -> int | None:
        """Answer, and log it; return the status."""
        answer = _Answer(send, it)
        try:
            await self._answered(scope, receive, answer, asked, it)
        except Exception as error:
            problem = _problem_of(error)
            if problem.status == 500:
                _log.exception("request failed", extra={"fields": {"request_id": it.id, "route": it.route}})
            if answer.status is None:
                await answer.tell(problem)
        event(
            _log,
            logging.INFO,
            "request",
            request_id=it.id,
            traceparent=it.traceparent,
            method=scope["method"],
            route=it.route or None,
            status=answer.status,
            by=it.actor.name if it.actor else None,
            duration_ms=round((time.monotonic() - began) * 1000, 1),
        )
        return answer.status

    async def _answered(self, scope: Scope, receive: Receive, send: Send, asked: Asked, it: Exchange) -> None:
        world = self._world
        is_public = _is_public(scope["path"]) and not isinstance(world.authenticator, Nobody)
        if not is_public and not console.is_part_of(scope["path"]):
            try:
                it.actor = await world.authenticator.actor(asked)
            except Stop as stop:
                if stop.problem.status in (401, 403):
                    await world.deny(who="unknown", what="the API", code=stop.problem.code, request=it.id)
                raise
            wait = world.rate.take(it.actor.name)
            if wait is not None:
                raise Stop(Problem(429, "too_many_requests", "Too many requests. Wait as told.", retry_after=wait))
        body = await bodies.read(scope, receive, world.services.settings.api_body_limit)
        await self._app(scope, _Received(body, receive), send)


class _Received:
    """Receives the body that was read, then what comes after it."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class _Answer:
    """Sends an answer with the headers that each has; `status` is None until it begins."""

    def __init__(self, send: Send, it: Exchange) -> None:
        self._send = send
        self._it = it
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": self._headers(message)}
        elif message["type"] == "http.response.body":
            message = {"body": b"", **message}  # the worker's bridge takes it for granted
        await self._send(message)

    async def tell(self, problem: Problem) -> None:
        """Send a problem document."""
        body = problem.body(self._it.id)
        headers = {"content-type": problems.MEDIA_TYPE, "content-length": str(len(body)), **problem.all_headers()}
        await self(
            {
                "type": "http.response.start",
                "status": problem.status,
                "headers": [(name.encode(), _ascii(value)) for name, value in headers.items()],
            }
        )
        await self({"type": "http.response.body", "body": body, "more_body": False})

    def _headers(self, message: MutableMapping[str, Any]) -> list[tuple[bytes, bytes]]:
        given = {bytes(name).lower(): _ascii(bytes(value).decode("latin-1")) for name, value in message["headers"]}
        return list(
            {
                b"cache-control": b"no-store",
                **given,
                b"x-request-id": self._it.id.encode(),
                b"traceparent": self._it.traceparent.encode(),
                b"x-content-type-options": b"nosniff",
            }.items()
        )


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, Stop):
        return error.problem
    return problems.of_error(error) if isinstance(error, NightshiftError) else problems.UNEXPECTED


def _is_public(path: str) -> bool:
    return path in PUBLIC or path.startswith(("/api/docs/", "/api/v1/links/"))


def _ascii(value: str) -> bytes:
    """Return a header's value in ASCII, without line ends: whatever else there is becomes percent-encoded."""
    if value.isascii() and value.isprintable():
        return value.encode()
    return quote(value, safe=" !\"#$%&'()*+,/:;<=>?@[]^`{|}~\\").encode()
