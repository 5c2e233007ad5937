"""Server of the host: the admin API (its state, functions run by hand), and beside it HTTP functions. As `func start`.

``POST /admin/functions/{name}`` with ``{"input": "text"}`` begins a run and answers 202; ``?wait=true``, which the real
host doesn't know, answers with the outcome. ``GET /admin/host/status`` says that the host runs. The body must be sent
as application/json: a web page of another origin can't do that without asking first. Only requests to a name of this
machine are answered: a page whose own name leads here (DNS rebinding) may not even read. HTTP functions get all
requests of their route, whatever name they are sent to: who may call is the app's to say.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from devhost import http_target, listening_socket, manual_run
from devhost.http_listener import HttpListener, bare
from devhost.http_target import BadTarget
from devhost.listeners import Listener
from devhost.manual_run import RunResult

if TYPE_CHECKING:
    from aiohttp import web
    from aiohttp.typedefs import Handler, Middleware

VERSION = "4.devhost"
_LOCAL_NAMES = frozenset(("127.0.0.1", "localhost"))

_HOMEPAGE = (
    "<!doctype html><title>devhost</title><p>The functions of this host run. This is its own page; with "
    "AzureWebJobsDisableHomepage=true the path / is the app's.</p>"
)

_BODY_LIMIT_BYTES = 1024**2

_log = logging.getLogger("devhost")


class AdminServer:
    """Serves the admin API for the functions that run, by name, and the errors of those that don't, on `listening`.

    The HTTP function among them, if there is one, gets the requests that aren't the host's own. `homepage`: the host
    has a page of its own at ``/``.
    """

    def __init__(
        self,
        listening: socket.socket,
        host_id: str,
        functions: Mapping[str, Listener],
        errors: Mapping[str, str],
        homepage: bool,
    ) -> None:
        self._host_id = host_id
        self._http = next((one for one in functions.values() if isinstance(one, HttpListener)), None)
        self._homepage = homepage
        self._functions = {name.casefold(): (name, listener) for name, listener in functions.items()}
        self._errors = errors
        self._began = time.monotonic()
        self._runs: set[asyncio.Task[RunResult]] = set()
        self._stopping = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None
        self._socket = listening

    def describe(self) -> str:
        """Return the address."""
        return listening_socket.address(self._socket)

    def running(self) -> int:
        """Return 0: a run by hand counts among those of its function."""
        return 0

    async def start(self) -> asyncio.Task[None]:
        """Begin to serve. Returns the serving."""
        from aiohttp import web  # a tenth of a second that only a starting host needs

        body_limit = _BODY_LIMIT_BYTES if self._http is None else self._http.body_limit
        app = web.Application(middlewares=(self._functions_first(), _local_only()), client_max_size=body_limit)
        app.router.add_post("/admin/functions/{name}", self._run)
        app.router.add_get("/admin/host/status", self._status)
        app.router.add_route("*", "/", self._page)
        runner = web.AppRunner(app, access_log=None, auto_decompress=False)
        await runner.setup()
        await web.SockSite(runner, self._socket).start()
        self._listening = asyncio.create_task(self._serve(runner))
        return self._listening

    async def stop(self) -> None:
        """Begin no other run. Returns when those begun by hand have ended and been answered."""
        self._stopping.set()
        if self._listening is not None:
            await self._listening

    async def invoke(self, text: str) -> None:
        """Do nothing: it is no function."""

    async def _serve(self, runner: web.AppRunner) -> None:
        await self._stopping.wait()
        while self._runs:
            await asyncio.wait(self._runs)
        if self._http is not None:
            await self._http.stop()
        await runner.cleanup()

    def _functions_first(self) -> Middleware:
        from aiohttp import web

        @web.middleware
        async def functions_first(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self._http is None:
                return await handler(request)
            try:
                target = http_target.parse(request.raw_path)
            except BadTarget:
                return bare(400)
            return await (self._http.answer(request, target) if self._http.takes(target) else handler(request))

        return functions_first

    async def _page(self, request: web.Request) -> web.Response:
        from aiohttp import web

        return web.Response(text=_HOMEPAGE, content_type="text/html") if self._homepage else bare(204)

    async def _run(self, request: web.Request) -> web.Response:
        from aiohttp import web

        if (refusal := self._refusal(request)) is not None:
            return refusal
        found = self._functions.get(request.match_info["name"].casefold())
        if found is None:
            return web.json_response({"error": f"No function {request.match_info['name']!r} runs here."}, status=404)
        try:
            text = _input_of(await request.json())
        except (ValueError, LookupError, RecursionError) as error:  # an unknown charset; brackets in brackets
            return web.json_response({"error": f'{error}. Send {{"input": "text"}}.'}, status=400)
        name, listener = found
        run = asyncio.create_task(manual_run.run(name, listener, text))
        self._runs.add(run)
        run.add_done_callback(self._ended)
        if request.query.get("wait", "").casefold() != "true":
            return web.Response(status=202)
        # A client that goes away doesn't end the run.
        outcome = await asyncio.shield(run)
        return web.json_response(outcome.as_json(), status=200 if outcome.error is None else 500)

    def _refusal(self, request: web.Request) -> web.Response | None:
        from aiohttp import web

        if self._stopping.is_set():
            return web.json_response({"error": "The host is stopping."}, status=503)
        if request.can_read_body and request.content_type != "application/json":
            return web.json_response({"error": "Send Content-Type: application/json."}, status=415)
        return None

    def _ended(self, run: asyncio.Task[RunResult]) -> None:
        self._runs.discard(run)
        if not run.cancelled() and (error := run.result().error) is not None:
            _log.warning("%s, run by hand, failed.", run.result().function, exc_info=error)

    async def _status(self, request: web.Request) -> web.Response:
        from aiohttp import web

        status: dict[str, object] = {
            "id": self._host_id,
            "state": "Stopping" if self._stopping.is_set() else "Running",
            "version": VERSION,
            "processUptime": round((time.monotonic() - self._began) * 1000),
        }
        if self._errors:
            status["errors"] = [f"{name} is {why}" for name, why in self._errors.items()]
        return web.json_response(status)


def _input_of(body: object) -> str:
    if not isinstance(body, dict):
        raise ValueError("The body is no JSON object")
    text = body.get("input", "")
    if not isinstance(text, str):
        raise ValueError(f'The "input" is {type(text).__name__}, not text')
    text.encode()  # half of a surrogate pair is a ValueError too
    return text


def _local_only() -> Middleware:
    from aiohttp import web

    @web.middleware
    async def local_only(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            host = request.url.host
        except ValueError:  # no name at all
            host = None
        if host not in _LOCAL_NAMES:
            return web.json_response({"error": "This host serves this machine only."}, status=403)
        return await handler(request)

    return local_only
