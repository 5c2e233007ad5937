"""Cursors: the opaque text that names the next page, for the same route and filters only."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json

from starlette.requests import Request

from shared.errors import UsageError

_LONGEST = 64_000
_OF_THE_PAGE = ("cursor", "limit")


def given(request: Request, cursor: str | None) -> str | None:
    """Return the place that a cursor of this request names; None without one.

    Raises UsageError for one that isn't of this API, or is another list's.
    """
    if cursor is None:
        return None
    try:
        if len(cursor) > _LONGEST:
            raise ValueError
        padded = cursor + "=" * (-len(cursor) % 4)
        of, place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        is_right = isinstance(place, str) and of == _list_of(request)
    except (binascii.Error, ValueError, TypeError, RecursionError):
        is_right = False
    if not is_right:
        raise UsageError(
            "The cursor isn't one of this list. Begin without it, at the first page.", code="cursor_invalid"
        )
    return str(place)


def made(request: Request, place: str | None) -> str | None:
    """Return the cursor of a place in the list that a request asks for."""
    if place is None:
        return None
    text = json.dumps([_list_of(request), place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode("ascii").rstrip("=")


def _list_of(request: Request) -> str:
    """Return what names the list: its path and filters."""
    filters = sorted((name, value) for name, value in request.query_params.multi_items() if name not in _OF_THE_PAGE)
    return hashlib.sha256(json.dumps([request.url.path, filters]).encode()).hexdigest()[:16]
