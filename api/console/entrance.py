"""Entrance: what is answered to who isn't signed in yet: the page that asks, a key, and the way to Entra and back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import exchange
from api.console import PREFIX, begun_sign_in, forms, guard, is_part_of
from api.console.cookies import Cookies, is_of_this_machine
from api.console.doors import Door
from api.console.pages import sign_in
from api.console.refusals import OUTDATED, WithoutRole, not_signed_in
from api.console.seal import Seal
from api.console.sessions import Session, Sessions
from api.console.visit import moved
from api.problems import Problem, Stop
from api.world import World
from operations.actor import Actor
from shared.errors import Misconfigured

if TYPE_CHECKING:
    from api.console.entra import Entra

PATHS = (sign_in.PATH, sign_in.START, sign_in.BACK)
_NO_FORM = Problem(405, "method_not_allowed", "This page doesn't take that.")


class Entrance:
    """Lets people in: by a key through the `door`, or by Entra where that is set up."""

    def __init__(self, world: World, environment: Environment, seal: Seal, door: Door, by_entra: Entra | None) -> None:
        self._world = world
        self._settings = world.services.settings
        self._environment = environment
        self._seal = seal
        self._sessions = Sessions(seal)
        self._cookies = Cookies(self._settings)
        self._door = door
        self._entra = by_entra

    async def actor(self, request: Request, session: Session) -> Actor | None:
        """Return who a session is; None when it is over. Raises Stop for a request that nothing would help."""
        if session.roles:
            return self._entra.opened(session) if self._entra else None
        return await self._door.opened(session, request.headers)

    async def answer(self, request: Request, path: str) -> Response:
        """Answer a request for one of PATHS. Whoever is refused by key, role or token is told so on the page."""
        if path == sign_in.PATH:
            return await (self._by_key(request) if request.method == "POST" else self._page(request))
        if request.method != "GET":
            raise Stop(_NO_FORM)
        if self._entra is None:
            return self._shown("")
        return await (self._start(request, self._entra) if path == sign_in.START else self._back(request, self._entra))

    async def _page(self, request: Request) -> Response:
        query = forms.of_query(request.scope["query_string"])
        return self._shown(own_page(query.get("to")), out=query.get("out"))

    async def _by_key(self, request: Request) -> Response:
        to = own_page(forms.of_query(request.scope["query_string"]).get("to"))
        form = forms.of_body(await request.body(), request.headers.get("content-type"))
        try:
            session = await self._door.sign_in(form.get("key") or "")
            return await self._entered(request, session, to)
        except Stop as stop:
            return await self._refused(request, to, stop)

    async def _start(self, request: Request, by_entra: Entra) -> Response:
        """Lead to Entra: but no other site may begin that, lest it end the session that there is."""
        query = forms.of_query(request.scope["query_string"])
        to = own_page(query.get("to"))
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return self._shown(to)
        begun = begun_sign_in.begun(to)
        address = by_entra.address(begun, self._address(request), pick=query.get("pick") is not None)
        response = RedirectResponse(address, 303)
        self._cookies.set(response, begun_sign_in.signed(self._seal, begun), begun_sign_in.LASTS, request)
        return response

    async def _back(self, request: Request, by_entra: Entra) -> Response:
        """Let in who comes back from Entra. What can't be asked now may be asked again: the cookie stays for that."""
        query = forms.of_query(request.scope["query_string"])
        begun = begun_sign_in.read(self._seal, request.cookies.get(self._cookies.name))
        if begun is None or not begun.is_state(query.get("state")):
            return await self._refused(request, "", Stop(OUTDATED))
        try:
            code = query.get("code")
            if code is None:
                raise not_signed_in(query.get("error"))
            session = await by_entra.session(begun, code, self._address(request))
            return await self._entered(request, session, begun.to)
        except Stop as stop:
            response = await self._refused(request, begun.to, stop)
            self._cookies.remove(response, request)
            return response

    async def _entered(self, request: Request, session: Session, to: str) -> Response:
        actor = await self.actor(request, session)
        if actor is None:
            raise Stop(guard.OLD_FORM)
        exchange.of(request.scope).actor = actor
        response = moved(to)
        self._cookies.set(response, self._sessions.signed(session), session.lasts, request)
        return response

    async def _refused(self, request: Request, to: str, stop: Stop) -> Response:
        who = stop.name if isinstance(stop, WithoutRole) else "unknown"
        it = exchange.of(request.scope)
        await self._world.deny(who=who, what="the console", code=stop.problem.code, request=it.id)
        return self._shown(to, problem=stop.problem)

    def _shown(self, to: str, *, out: str | None = None, problem: Problem | None = None) -> Response:
        return sign_in.shown(self._environment, self._door, self._entra, to, out=out, problem=problem)

    def _address(self, request: Request) -> str:
        """Return where Entra leads back to. A Host header that somebody made up never says so."""
        base = self._settings.console_url.rstrip("/")
        if not base and not self._settings.in_azure and is_of_this_machine(request):
            base = f"http://{request.headers['host']}{PREFIX}"
        if not base:
            raise Misconfigured(
                "Setting CONSOLE_URL isn't given, so Entra ID doesn't know where to lead back to.",
                code="setting_missing",
            )
        return f"{base}{sign_in.BACK}"


def own_page(text: str | None) -> str:
    """Return the page that a sign-in leads back to: one of the console's, whatever the address says."""
    if not text or not text.startswith(("/", "?")) or not text.isprintable() or "\\" in text:
        return ""
    try:
        parts = urlsplit(f"{PREFIX}{text}")
    except ValueError:
        return ""
    return text if not parts.netloc and is_part_of(parts.path) else ""
