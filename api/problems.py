"""Problems: how an error is told (RFC 9457): a stable `type` address, the `code`, and what was wrong this time.

The type's address leads to the code's row of the page that the API serves of them, as docs/errors.md has it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from shared.errors import (
    Conflict,
    Misconfigured,
    NightshiftError,
    NotAllowed,
    NotFound,
    Permanent,
    PreconditionFailed,
    RateLimited,
    Refused,
    Transient,
    UsageError,
)

MEDIA_TYPE = "application/problem+json"
TYPES = "/api/errors"
"""The page that says what each code means."""

_STATUS: tuple[tuple[type[NightshiftError], int], ...] = (
    (UsageError, 422),
    (NotFound, 404),
    (NotAllowed, 403),
    (Refused, 409),
    (Conflict, 409),
    (PreconditionFailed, 412),
    (Transient, 503),
    (RateLimited, 503),
    (Misconfigured, 503),
    (Permanent, 422),
)
_OF_CODE = {
    "cursor_invalid": 400,
    "etag_differs": 412,
}
_RETRY_AFTER = timedelta(seconds=5)
"""When a dependency doesn't say."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem: its HTTP status, its code, what was wrong; when to ask again; and what else a program may want."""

    status: int
    code: str
    detail: str
    retry_after: timedelta | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def members(self, request_id: str) -> dict[str, Any]:
        """Return the members of its document."""
        return {
            "type": f"{TYPES}#{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "requestId": request_id,
            **self.more,
        }

    def body(self, request_id: str) -> bytes:
        """Return its document."""
        text = json.dumps(self.members(request_id), ensure_ascii=False)
        return text.encode("utf-8", "backslashreplace")

    def all_headers(self) -> dict[str, str]:
        """Return its headers, Retry-After among them, in whole seconds."""
        if self.retry_after is None:
            return dict(self.headers)
        return {**self.headers, "Retry-After": str(max(1, math.ceil(self.retry_after.total_seconds())))}


class Stop(Exception):
    """Ends a request with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


UNEXPECTED = Problem(500, "unexpected", "A defect of the API. The log has it under this request's id.")
PATH_UNREADABLE = Problem(400, "path_unreadable", "The address isn't UTF-8. Encode such ids in base64url: docs/api.md.")
NO_ROUTE = Problem(404, "route_unknown", "There is no such route. See /api/openapi.json.")


def of_error(error: NightshiftError) -> Problem:
    """Return the problem that an error of the product is."""
    status = _OF_CODE.get(error.code) or next((status for of, status in _STATUS if isinstance(error, of)), 500)
    if status == 500:
        return UNEXPECTED
    problem = Problem(status, error.code, str(error), more=_more(error))
    if status == 503:
        told = getattr(error, "retry_after", None)
        return replace(problem, retry_after=told or _RETRY_AFTER)
    return replace(problem, retry_after=timedelta(seconds=1)) if error.code == "idempotency_in_progress" else problem


def _more(error: NightshiftError) -> dict[str, Any]:
    """Return what else is told of an error: the names that its message speaks of, and the places of a bad message."""
    more: dict[str, Any] = {"fields": {name: str(value) for name, value in error.fields.items()}}
    places = getattr(error, "places", None)
    if places:
        more["errors"] = [dict(place) for place in places]
    return {name: value for name, value in more.items() if value}
