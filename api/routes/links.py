"""Links of digests: pages for people who came from a mail.

GET only shows, since scanners follow links; POST does it.
"""

from __future__ import annotations

from html import escape
from typing import Annotated

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from api import routing
from api.params import With
from api.routing import route
from operations import digest_links
from operations.digest_links import Allowed
from shared.errors import NotFound

Token = Annotated[
    str, Path(min_length=1, max_length=2048, pattern=r"^[A-Za-z0-9_.-]+$", description="The signed part of a link.")
]
routes = routing.router("links")
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
}
_ASKS = {
    "preferences": ("Your weekly digest", "", ""),
    "unsubscribe": ("No more weekly digests?", "Unsubscribe", "You are unsubscribed. No more weekly digests come."),
    "subscribe": ("Weekly digests again?", "Subscribe", "You are subscribed: the next digest comes on Monday."),
    "up": ("More like this?", "More like this", "Thank you. There will be more like this."),
    "down": ("Not for you?", "Not for me", "Thank you. This won't be suggested again for 90 days."),
}
_STYLE = (
    ":root { color-scheme: light dark; font: 17px/1.5 Georgia, serif; } body { max-width: 32em; margin: 15vh auto; "
    "padding: 0 20px; } button { font: inherit; padding: 8px 18px; margin: 0 8px 8px 0; }"
)


@route(routes, "GET", "/links/{token}", answers={"type": "string"}, media_type="text/html")
async def show_link(request: Request, services: With, token: Token) -> Response:
    """Show what a link of a digest does, with a button for it. Nothing is done yet."""
    try:
        allowed = digest_links.look(services.settings, token)
    except NotFound as error:
        return _missed(request, error)
    title, button, _ = _ASKS[allowed.act]
    buttons = {token: button} if button else _buttons(digest_links.others(services.settings, allowed))
    return _page(title, _forms(buttons))


@route(routes, "POST", "/links/{token}", answers={"type": "string"}, media_type="text/html")
async def follow_link(request: Request, services: With, token: Token) -> Response:
    """Do what a link of a digest does. Mail programs ask this with one click (RFC 8058); the body says nothing more."""
    try:
        allowed = await digest_links.follow(services, token)
    except NotFound as error:
        return _missed(request, error)
    opposite = {"unsubscribe": "subscribe", "subscribe": "unsubscribe"}.get(allowed.act)
    others = {act: one for act, one in digest_links.others(services.settings, allowed).items() if act == opposite}
    return _page(_done(allowed), _forms(_buttons(others)))


def _missed(request: Request, error: NotFound) -> Response:
    """Return a page for whoever came with a browser; raise the error for a program."""
    if "text/html" not in request.headers.get("accept", ""):
        raise error
    return _page(str(error), "", 404)


def _done(allowed: Allowed) -> str:
    title, _, done = _ASKS[allowed.act]
    return done or title


def _buttons(others: dict[str, str]) -> dict[str, str]:
    return {token: _ASKS[act][1] for act, token in others.items()}


def _forms(buttons: dict[str, str]) -> str:
    return "".join(
        f'<form method="post" action="{escape(token)}"><button>{escape(text)}</button></form>'
        for token, text in buttons.items()
    )


def _page(title: str, forms: str, status: int = 200) -> Response:
    content = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="robots" content="noindex">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{forms}</body></html>"
    )
    return Response(content, status, media_type="text/html", headers=_HEADERS)
