"""HTTP listener: which requests run an HTTP function, and what do their clients get?

The request goes through the library's own converter to the function, and what it returns through the other one back.
What raises on that way, or is no answer, gives a bare 500, as under the real host. Nothing streams: the function gets
the whole body, the client the whole answer. A client that goes away doesn't end the function.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devhost import http_answer, http_argument
from devhost.errors import DevhostError
from devhost.failures import FailureLog
from devhost.http_argument import Message
from devhost.http_route import Route
from devhost.http_target import Target
from devhost.indexing import IndexedFunction
from devhost.invocation import Invoker
from devhost.open_requests import OpenRequests

if TYPE_CHECKING:
    from aiohttp import web

BODY_LIMIT_BYTES = 104_857_600
"""The longest body, unless FUNCTIONS_REQUEST_BODY_SIZE_LIMIT says otherwise."""

FRONT_END_SECONDS = 230.0
"""How long Azure's front end waits for an answer; under `func start` nobody stands there."""

_HOST = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")

_log = logging.getLogger("devhost")


@dataclass(frozen=True, slots=True)
class HttpPlace:
    """Where HTTP functions are: the server's address, and who waits there for answers."""

    address: str
    open_requests: OpenRequests


class HttpListener:
    """Runs one function for the requests of its route. `body_limit` is in bytes."""

    def __init__(
        self, function: IndexedFunction, route: Route, invoker: Invoker, place: HttpPlace, body_limit: int
    ) -> None:
        self._function = function
        self._route = route
        self._invoker = invoker
        self._place = place
        self.body_limit = body_limit
        self._failures = FailureLog(function.name)
        self._stopping = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._running = 0
        self._told_chunked = False
        self._listening: asyncio.Task[None] | None = None

    def describe(self) -> str:
        """Return methods and URL."""
        return self._route.at(self._place.address)

    def running(self) -> int:
        """Return how many requests are in hand."""
        return self._running

    async def start(self) -> asyncio.Task[None]:
        """Take requests from now on."""
        self._listening = asyncio.create_task(self._listen())
        return self._listening

    async def stop(self) -> None:
        """Take no other request. Returns when those in hand have their answers."""
        self._stopping.set()
        if self._listening is not None:
            await asyncio.wait((self._listening,))

    async def invoke(self, text: str) -> None:
        """Refuse: an HTTP function is run by a request. Raises DevhostError."""
        raise DevhostError(f"{self._function.name} is an HTTP function. Send a request to {self.describe()}")

    def takes(self, target: Target) -> bool:
        """Say whether a request for `target` is this function's, and not the host's own."""
        return self._route.takes(target.path)

    async def answer(self, request: web.Request, target: Target) -> web.Response:
        """Return the answer to `request`, whose `target` this function takes."""
        if self._stopping.is_set():
            return bare(503)
        if self._route.methods is not None and request.method not in self._route.methods:
            return bare(404)
        self._running += 1
        self._idle.clear()
        try:
            return await self._answer(request, target)
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()

    async def _answer(self, request: web.Request, target: Target) -> web.Response:
        from aiohttp import web

        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
            return bare(400)
        what = f"{request.method} {target.path}"
        length = request.content_length
        if length is not None and length > self.body_limit:
            _log.warning(
                "%s: %s brings %d bytes, more than %d.", self._function.name, what, length, self.body_limit
            )  # fmt: skip
            response = bare(500)
            response.force_close()
            return response
        if length is None and request.can_read_body:
            self._tell_chunked()
        try:
            headers = http_argument.headers_of(request.raw_headers)
            body = await request.read() if length else b""
        except (ValueError, ConnectionError, web.RequestPayloadError):  # a body that breaks off, or is no chunks
            return bare(400)
        message = Message(
            request.method,
            target.url(hosts[0]),
            headers,
            target.parameters(),
            self._route.values(target.path),
            body,
        )
        return await self._run(request, message, what)

    async def _run(self, request: web.Request, message: Message, what: str) -> web.Response:
        from aiohttp import web

        began = time.monotonic()
        connection = request.get_extra_info("socket")
        try:
            with self._place.open_requests.waiting(connection):
                result = await self._invoker.call(self._function, http_argument.make(message))
            answer = http_answer.make(result, request.method)
        except Exception as error:
            self._failures.tell(error, what)
            return bare(500)
        if (took := time.monotonic() - began) > FRONT_END_SECONDS:
            _log.warning(
                "%s: %s took %.0f s. Azure's front end gives up after %.0f s.",
                self._function.name, what, took, FRONT_END_SECONDS,
            )  # fmt: skip
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

    async def _listen(self) -> None:
        await self._stopping.wait()
        await self._idle.wait()

    def _tell_chunked(self) -> None:
        if not self._told_chunked:
            self._told_chunked = True
            _log.warning(
                "%s: a request came without Content-Length (chunked), so the function gets no body, as under the real "
                "host (said once).",
                self._function.name,
            )


def bare(status: int) -> web.Response:
    """Return an answer without a body."""
    from aiohttp import web

    return web.Response(status=status)
