"""Visit: one request for a page, as the page's function sees it, and the ways to answer it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment
from starlette.responses import RedirectResponse, Response

from api.console import PREFIX
from api.console.forms import Fields
from api.console.sessions import Session
from operations.actor import Actor
from shared import clock
from shared.services import Services


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks (`actor`, in a `session`), for what: `path` parts, the `query`, and the `form` of a change."""

    services: Services
    actor: Actor
    session: Session
    token: str
    path: Mapping[str, str]
    query: Fields
    form: Fields
    environment: Environment
    request_id: str
    address: str
    at: datetime = field(default_factory=clock.now)

    @property
    def client(self) -> str | None:
        """The client whose rules the form or the address means; None for the app's own."""
        return self.form.get("client") or self.query.get("client")

    def page(self, template: str, *, command: str, status: int = 200, **told: Any) -> Response:
        """Return a page. `command` is the line that shows the same in a terminal."""
        text = self.environment.get_template(template).render(
            visit=self,
            actor=self.actor,
            shown=self.session.shown,
            signed_in=True,
            may_operate=self.actor.is_a("operator"),
            token=self.token,
            read_at=self.at,
            command=command,
            section=self.address.removeprefix(PREFIX).strip("/").partition("/")[0],
            done=self._done(),
            here=self._here(),
            **told,
        )
        return Response(text.encode("utf-8", "backslashreplace"), status, media_type="text/html; charset=utf-8")

    def moved(self, path: str, done: str, **query: str | None) -> Response:
        """Return the answer to a change that was made: look at another page, which says what was `done`."""
        return moved(path, **query, done=done, sign=self._signed(done))

    def _here(self) -> str:
        """Return this page's address without what a change before it has said."""
        given = [
            (name, one) for name, found in self.query.values.items() for one in found if name not in ("done", "sign")
        ]
        return self.address + (f"?{urlencode(given, errors='backslashreplace')}" if given else "")

    def _done(self) -> str | None:
        """Return what the change before has come to; None where a link of somebody else says it."""
        done, sign = self.query.get("done"), self.query.get("sign") or ""
        is_ours = done and hmac.compare_digest(sign.encode("utf-8", "surrogatepass"), self._signed(done).encode())
        return done if is_ours else None

    def _signed(self, text: str) -> str:
        return hmac.new(self.token.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:24]


def moved(path: str, **query: str | None) -> Response:
    """Return the answer that leads to another page of the console."""
    return RedirectResponse(link(path, **query), 303)


def link(path: str, **query: str | None) -> str:
    """Return the address of a page below the console's, with those members of the query that aren't None."""
    given = {name: value for name, value in query.items() if value is not None}
    path = "" if path == "/" else path
    return f"{PREFIX}{path}" + (f"?{urlencode(given, errors='backslashreplace')}" if given else "")
