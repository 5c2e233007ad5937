"""A browser in a few lines: it keeps cookies, reads pages, and sends their forms as they stand there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.integration.api.worlds import ADDRESS, ApiWorld, key_of

SAME_SITE = {"sec-fetch-site": "same-origin", "origin": ADDRESS}


@dataclass(slots=True)
class Shown:
    """A page that was shown."""

    response: httpx.Response
    tree: LexborHTMLParser

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.response.status_code

    @property
    def text(self) -> str:
        """What one reads, in one line."""
        body = self.tree.body
        return " ".join(body.text(separator=" ").split()) if body is not None else ""

    def one(self, selector: str) -> LexborNode:
        """Return the only element of a selector."""
        (found,) = self.tree.css(selector)
        return found

    def form(self, action: str) -> LexborNode:
        """Return the first form that goes to an address."""
        found = [form for form in self.tree.css("form") if (form.attributes.get("action") or "").startswith(action)]
        assert found, f"no form goes to {action}: {[form.attributes.get('action') for form in self.tree.css('form')]}"
        return found[0]


class Browser:
    """Asks the console of a world."""

    def __init__(self, world: ApiWorld) -> None:
        transport = httpx.ASGITransport(world.app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url=ADDRESS)

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    async def sign_in(self, label: str) -> Shown:
        """Type the key of a label into the sign-in page."""
        return await self.post("/console/sign-in", key=key_of(label))

    async def get(self, path: str, **headers: str) -> Shown:
        """Look at a page, wherever it leads."""
        return _shown(await self.client.get(path, headers=headers, follow_redirects=True))

    async def client_get(self, path: str, query: dict[str, str]) -> Shown:
        """Look at a page with these members in its address."""
        return _shown(await self.client.get(path, params=query, follow_redirects=True))

    async def post(self, path: str, *, headers: dict[str, str] | None = None, **fields: Any) -> Shown:
        """Send fields as a form of the console's own pages does, and go where that leads."""
        sent = {"content-type": "application/x-www-form-urlencoded", **(SAME_SITE if headers is None else headers)}
        content = urlencode(fields, doseq=True)
        return _shown(await self.client.post(path, content=content, headers=sent, follow_redirects=True))

    async def send(self, page: Shown, action: str, **fields: Any) -> Shown:
        """Send a form of a page, its hidden fields and what stands in it, with `fields` filled in."""
        form = page.form(action)
        given: dict[str, Any] = {}
        for field in form.css("input, textarea"):
            name, kind = field.attributes.get("name"), field.attributes.get("type")
            if name and kind not in ("checkbox", "submit"):
                value = field.text() if field.tag == "textarea" else field.attributes.get("value")
                given[name] = value or ""
        return await self.post(str(form.attributes["action"]), **{**given, **fields})


def _shown(response: httpx.Response) -> Shown:
    return Shown(response, LexborHTMLParser(response.text))
