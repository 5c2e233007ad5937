"""Cookies: the one that holds the session. Scripts don't see it, other sites' forms don't send it."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from api.console import PREFIX
from api.console.sessions import LASTS
from shared.config import Settings

_HERE = frozenset({"127.0.0.1", "localhost", "::1"})


class Cookies:
    """Sets and removes the session's cookie."""

    name = "nightshift_console"

    def __init__(self, settings: Settings) -> None:
        self._in_azure = settings.in_azure

    def set(self, response: Response, value: str, request: Request) -> None:
        """Have the browser keep a session."""
        self._write(response, value, int(LASTS.total_seconds()), request)

    def remove(self, response: Response, request: Request) -> None:
        """Have the browser forget it."""
        self._write(response, "", 0, request)

    def _write(self, response: Response, value: str, seconds: int, request: Request) -> None:
        response.set_cookie(
            self.name, value, max_age=seconds, path=PREFIX, secure=self._is_secure(request), httponly=True,
            samesite="lax",  # links from notifications lead to a page; changes take the session's token anyway
        )  # fmt: skip

    def _is_secure(self, request: Request) -> bool:
        """Return whether the cookie is for https only: but on this machine, where some browsers refuse it."""
        try:
            host = urlsplit(f"//{request.headers.get('host', '')}").hostname
        except ValueError:
            host = None
        return self._in_azure or host not in _HERE
