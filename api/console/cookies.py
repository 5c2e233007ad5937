"""Cookies: the one that holds the session, or a sign-in that has begun. Scripts don't see it, other sites' forms don't
send it.

It is one: of the headers of an answer the worker's bridge passes on only one of a name.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from api.console import PREFIX
from shared.config import Settings

_HERE = frozenset({"127.0.0.1", "localhost", "::1"})


class Cookies:
    """Sets and removes the session's cookie."""

    name = "nightshift_console"

    def __init__(self, settings: Settings) -> None:
        self._in_azure = settings.in_azure

    def set(self, response: Response, value: str, lasts: timedelta, request: Request) -> None:
        """Have the browser keep a value for a time."""
        self._write(response, value, int(lasts.total_seconds()), request)

    def remove(self, response: Response, request: Request) -> None:
        """Have the browser forget it."""
        self._write(response, "", 0, request)

    def _write(self, response: Response, value: str, seconds: int, request: Request) -> None:
        response.set_cookie(
            self.name, value, max_age=seconds, path=PREFIX, secure=self._is_secure(request), httponly=True,
            samesite="lax",  # links of notifications, and Entra, lead here; changes take the session's token anyway
        )  # fmt: skip

    def _is_secure(self, request: Request) -> bool:
        """Return whether the cookie is for https only: but on this machine, where some browsers refuse it."""
        return self._in_azure or not is_of_this_machine(request)


def is_of_this_machine(request: Request) -> bool:
    """Return whether a request's Host header names this machine itself."""
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname in _HERE
    except ValueError:
        return False
