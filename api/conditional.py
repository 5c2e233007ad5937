"""Conditional requests: ETag and If-None-Match on what is read, If-Match on what is changed."""

from __future__ import annotations

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from shared.errors import PreconditionFailed


def answered(request: Request, response: Response) -> Response:
    """Return the answer of a GET with its ETag; without its body (304) when the caller has that version."""
    if request.method != "GET" or response.status_code != 200:
        return response
    tag = response.headers.get("etag")
    if tag is None:
        tag = tag_of(bytes(response.body))
        response.headers["etag"] = tag
    if _names(request.headers.get("if-none-match"), tag):
        return Response(None, 304, headers={"etag": tag})
    return response


def tag_of(content: bytes) -> str:
    """Return the ETag of some content."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def check(request: Request, tag: str) -> None:
    """Raise PreconditionFailed when If-Match is given and names another version than `tag`."""
    given = request.headers.get("if-match")
    if given is not None and not _names(given, tag):
        raise PreconditionFailed(
            "It has changed since you read it: If-Match names another version. Read it again.", code="etag_differs"
        )


def _names(given: str | None, tag: str) -> bool:
    if given is None:
        return False
    wanted = [one.strip().removeprefix("W/") for one in given.split(",")]
    return "*" in wanted or tag in wanted
