"""Conditional requests: ETag and If-None-Match on what is read, If-Match on what is changed."""

from __future__ import annotations

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from shared.errors import PreconditionFailed

_BEHIND_VERSION = "-"


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


def tag_of(content: bytes, *, of: str = "") -> str:
    """Return the ETag of some content, which may begin with the version `of` what it tells."""
    digest = hashlib.sha256(content).hexdigest()[:32]
    return f'"{of}{_BEHIND_VERSION}{digest}"' if of else f'"{digest}"'


def check(request: Request, tag: str, *, only_version: bool = False) -> None:
    """Raise PreconditionFailed when If-Match is given and names another version than `tag`.

    With `only_version` `tag` is the version that an ETag begins with, and what is behind it doesn't count.
    """
    given = request.headers.get("if-match")
    if given is not None and only_version and given.strip() != "*":
        given = ", ".join(one.strip().strip('"').partition(_BEHIND_VERSION)[0] for one in given.split(","))
    if given is not None and not _names(given, tag):
        raise PreconditionFailed(
            "It has changed since you read it: If-Match names another version. Read it again.", code="etag_differs"
        )


def _names(given: str | None, tag: str) -> bool:
    if given is None:
        return False
    wanted = [one.strip().removeprefix("W/") for one in given.split(",")]
    return "*" in wanted or tag in wanted
