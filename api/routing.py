"""Routing: how a route is declared, and what happens around each one's function.

In this order: is the caller of the role that the route's row names? Is the body JSON? Was the request done already
(Idempotency-Key)? Then the function; then its answer as JSON, with an ETag where one reads.
"""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from api import bodies, conditional, exchange, once, problems
from api.bodies import StrictRequest
from api.problems import Problem, Stop
from api.route_table import BY_KEY, V1, Row
from api.world import World
from operations.answers import to_json
from shared.errors import NightshiftError

JSON = "application/json"
_log = logging.getLogger("nightshift.api")
_ATTRIBUTE = "__nightshift_route__"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers where its data alone doesn't say it: another status, headers."""

    data: Any
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declared:
    """A route as it is documented: its row, the type of its answer, an example of it, and what else it may answer."""

    row: Row
    answers: Any
    status: int
    example: Any
    also: tuple[int, ...]
    media_type: str
    takes_etag: bool
    takes: Any
    takes_example: Any


Handler = Callable[..., Awaitable[Any]]


def router(tag: str) -> APIRouter:
    """Return an empty router for a resource."""
    return APIRouter(prefix=V1, tags=[tag], route_class=_Route)


def route(
    of: APIRouter,
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"],
    path: str,
    *,
    answers: Any,
    status: int = 200,
    example: Any = None,
    also: tuple[int, ...] = (),
    media_type: str = JSON,
    takes_etag: bool = False,
    takes: Any = None,
    takes_example: Any = None,
) -> Callable[[Handler], Handler]:
    """Declare a route of the route table. Raises KeyError for one that has no row there.

    `answers` is the type of what its function returns; `also` are statuses that it may answer with a problem beside
    those of every route; `takes_etag`: it heeds If-Match. `takes` is the type of its body, where the signature of its
    function doesn't say it.
    """
    declared = Declared(
        BY_KEY[method, path], answers, status, example, also, media_type, takes_etag, takes, takes_example
    )

    def declare(function: Handler) -> Handler:
        @functools.wraps(function)
        async def answering(*args: Any, **named: Any) -> Response:
            return _response(await function(*args, **named), declared)

        setattr(answering, _ATTRIBUTE, declared)
        name = f"{of.tags[0]}_{function.__name__}".replace("-", "_")
        summary, _, more = (function.__doc__ or "").strip().partition("\n")
        of.add_api_route(
            path,
            answering,
            methods=[method],
            response_model=None,
            status_code=status,
            operation_id=name,
            summary=summary.rstrip("."),
            description="\n".join(line.strip() for line in more.strip().splitlines()) or summary,
        )
        return function

    return declare


def declared(route: Any) -> Declared | None:
    """Return what a route of the app was declared as; None for one that isn't the API's own."""
    found: Declared | None = getattr(getattr(route, "endpoint", None), _ATTRIBUTE, None)
    return found


class _Route(APIRoute):
    """A route, with what happens around its function."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See APIRoute."""
        answered = super().get_route_handler()
        here = declared(self)
        assert here is not None, f"{self.path} isn't declared by `route`"
        takes_body = self.body_field is not None

        async def handled(request: Request) -> Response:
            it = exchange.of(request.scope)
            it.route = f"{here.row.method} {V1}{here.row.path}"
            world: World = request.app.state.world
            strict = StrictRequest(request.scope, request.receive)
            try:
                if here.row.role is not None:
                    _check_role(here.row, it)
                if takes_body and await strict.body():
                    bodies.check_type(request.headers.get("content-type"))
                    await strict.json()  # here, where its problem is told
                if here.row.method == "POST" and it.actor is not None:
                    return await once.done(world.services.documents, it.actor, strict, lambda: answered(strict))
                response = await answered(strict)
                return conditional.answered(request, response) if here.row.role is not None else response
            except Exception as error:
                problem = problem_of(error)
                if problem.status == 500:
                    _log.exception("request failed", extra={"fields": {"request_id": it.id, "route": it.route}})
                if problem.status == 403:
                    who = it.actor.name if it.actor else "unknown"
                    await world.deny(who=who, what=it.route, code=problem.code, request=it.id)
                return told(problem, it.id)

        return handled


def told(problem: Problem, request_id: str) -> Response:
    """Return a problem as a response."""
    return Response(
        problem.body(request_id), problem.status, headers=problem.all_headers(), media_type=problems.MEDIA_TYPE
    )


def invalid(error: RequestValidationError) -> Problem:
    """Return the problem of parameters or a body that don't fit: 422, with each place."""
    places = [
        {"at": ".".join(str(part) for part in one["loc"]), "problem": str(one["msg"]).removeprefix("Value error, ")}
        for one in error.errors()[:20]
    ]
    first = places[0] if places else {"at": "request", "problem": "invalid"}
    return Problem(422, "request_invalid", f"{first['at']}: {first['problem']}.", more={"errors": places})


def _check_role(row: Row, it: exchange.Exchange) -> None:
    if it.actor is None or row.role is None or not it.actor.is_a(row.role):
        who = it.actor.name if it.actor else "Nobody"
        text = f"{who} may not do this: it takes the role {row.role}."
        raise Stop(Problem(403, "not_allowed", text, more={"fields": {"role": row.role}}))


def problem_of(error: Exception) -> Problem:
    """Return the problem that an error of a route is."""
    if isinstance(error, Stop):
        return error.problem
    if isinstance(error, RequestValidationError):
        return invalid(error)
    return problems.of_error(error) if isinstance(error, NightshiftError) else problems.UNEXPECTED


def _response(result: Any, here: Declared) -> Response:
    if isinstance(result, Response):
        return result
    if not isinstance(result, Answer):
        result = Answer(result)
    status = result.status or here.status
    if here.answers is None:
        return Response(None, status, headers=dict(result.headers))
    text = json.dumps(to_json(result.data), ensure_ascii=False, separators=(",", ":"))
    content = text.encode("utf-8", "backslashreplace")
    return Response(content, status, headers=dict(result.headers), media_type=JSON)
