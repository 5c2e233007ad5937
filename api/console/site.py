"""Site: how a request for a page is answered: its session, its guard, the page's function, and the headers of all.

Whoever isn't signed in is led to the sign-in page and back. A change without the session's token, or from another
site, is refused before its page is asked.
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api import exchange, problems
from api.console import PREFIX, doors, errors, guard, is_part_of
from api.console import forms as form_fields
from api.console.assets import ADDRESS, Assets
from api.console.cookies import Cookies
from api.console.pages import sign_in
from api.console.rendering import environment_of
from api.console.sessions import Session, Sessions
from api.console.table import Found, find
from api.console.visit import Visit, moved
from api.problems import Problem, Stop
from api.world import World
from operations.actor import Actor
from shared.errors import NightshiftError

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_NO_PAGE = Problem(404, "page_unknown", "There is no such page.")
_NO_FORM = Problem(405, "method_not_allowed", "This page doesn't take that.")
_log = logging.getLogger("nightshift.console")


class Site:
    """The console's ASGI app."""

    def __init__(self, world: World) -> None:
        settings = world.services.settings
        self._world = world
        self._assets = Assets()
        self._environment = environment_of(self._assets)
        self._sessions = Sessions(settings.console_secret)
        self._cookies = Cookies(settings)
        self._door = doors.door_of(
            world.authenticator, has_secret=bool(settings.console_secret), in_azure=settings.in_azure
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        request = Request(scope, receive)
        response = await self._answered(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.method == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        it = exchange.of(request.scope)
        try:
            if request.url.path.startswith(ADDRESS):
                return self._assets.answer(request.url.path) or self._told(request, _NO_PAGE)
            return await self._page(request)
        except Exception as error:
            problem = _problem_of(error)
            if problem.status == 500:
                _log.exception("page failed", extra={"fields": {"request_id": it.id, "route": it.route}})
            if problem.status == 403:
                who = it.actor.name if it.actor else "unknown"
                await self._world.deny(who=who, what=it.route or "the console", code=problem.code, request=it.id)
            return self._told(request, problem)

    async def _page(self, request: Request) -> Response:
        it, path = exchange.of(request.scope), request.url.path.removeprefix(PREFIX) or "/"
        method = "GET" if request.method == "HEAD" else request.method
        if method not in ("GET", "POST"):
            raise Stop(_NO_FORM)
        if method == "POST":
            guard.check_origin(request.headers, self._world.services.settings.console_url)
        if path == sign_in.PATH:
            it.route = f"{method} {PREFIX}{path}"
            return await self._sign_in(request, method)
        session = self._sessions.read(request.cookies.get(self._cookies.name))
        actor = await self._door.opened(session, request.headers) if session else None
        is_new = session is None or actor is None
        if is_new:
            session = await self._door.by_itself(request.headers) if method == "GET" else None
            actor = await self._door.opened(session, request.headers) if session else None
        if session is None or actor is None:
            return self._to_sign_in(request, method)
        it.actor = actor
        wait = self._world.rate.take(actor.name)
        if wait is not None:
            raise Stop(Problem(429, "too_many_requests", "Too many requests. Wait a moment.", retry_after=wait))
        response = await self._shown(request, method, path, session, actor)
        if is_new:
            self._cookies.set(response, self._sessions.signed(session), request)
        return response

    async def _shown(self, request: Request, method: str, path: str, session: Session, actor: Actor) -> Response:
        form = form_fields.Fields({})
        if method == "POST":
            form = form_fields.of_body(await request.body(), request.headers.get("content-type"))
            if not self._sessions.is_token(session, form.get("token")):
                raise Stop(guard.OLD_FORM)
            if path == sign_in.OUT:
                response = moved(sign_in.PATH, out="yes")
                self._cookies.remove(response, request)
                return response
        found = find(method, path)
        if found is None:
            raise Stop(_NO_PAGE if find("GET", path) is None and find("POST", path) is None else _NO_FORM)
        exchange.of(request.scope).route = f"{method} {PREFIX}{found.page.path}"
        _check_role(found, actor)
        visit = Visit(
            self._world.services, actor, session, self._sessions.token(session), found.parts,
            form_fields.of_query(request.scope["query_string"]), form, self._environment,
            exchange.of(request.scope).id, request.url.path,
        )  # fmt: skip
        return await found.page.answer(visit)

    async def _sign_in(self, request: Request, method: str) -> Response:
        query = form_fields.of_query(request.scope["query_string"])
        to = _own_page(query.get("to"))
        if method == "GET":
            return sign_in.shown(self._environment, self._door, to, is_out=query.get("out") is not None)
        form = form_fields.of_body(await request.body(), request.headers.get("content-type"))
        try:
            session = await self._door.sign_in(form.get("key") or "")
            if await self._door.opened(session, request.headers) is None:
                raise Stop(guard.OLD_FORM)
        except Stop as stop:
            it = exchange.of(request.scope)
            await self._world.deny(who="unknown", what="the console", code=stop.problem.code, request=it.id)
            return sign_in.shown(self._environment, self._door, to, problem=stop.problem)
        response = moved(to)
        self._cookies.set(response, self._sessions.signed(session), request)
        return response

    def _to_sign_in(self, request: Request, method: str) -> Response:
        if "hx-request" in request.headers:  # a part of a page that polls: the page itself asks anew
            return Response(None, 401, headers={"hx-refresh": "true"})
        path = request.url.path.removeprefix(PREFIX)
        to = f"{path}?{request.url.query}" if request.url.query else path
        return moved(sign_in.PATH, to=to if method == "GET" and to else None)

    def _told(self, request: Request, problem: Problem) -> Response:
        return errors.told(self._environment, problem, exchange.of(request.scope))


def _check_role(found: Found, actor: Actor) -> None:
    if not actor.is_a(found.page.role):
        text = f"{actor.name} may not do this: it takes the role {found.page.role}."
        raise Stop(Problem(403, "not_allowed", text))


def _own_page(text: str | None) -> str:
    """Return the page that a sign-in leads back to: one of the console's, whatever the address says."""
    if not text or not text.startswith(("/", "?")) or not text.isprintable() or "\\" in text:
        return ""
    try:
        parts = urlsplit(f"{PREFIX}{text}")
    except ValueError:
        return ""
    return text if not parts.netloc and is_part_of(parts.path) else ""


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, Stop):
        return error.problem
    return problems.of_error(error) if isinstance(error, NightshiftError) else problems.UNEXPECTED
