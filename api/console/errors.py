"""Errors: how a page says that something went wrong: what, the code, and the request's id, which the log has too."""

from __future__ import annotations

from http import HTTPStatus

from jinja2 import Environment
from starlette.responses import Response

from api.exchange import Exchange
from api.problems import Problem
from shared import clock


def told(environment: Environment, problem: Problem, it: Exchange) -> Response:
    """Return the page of a problem."""
    text = environment.get_template("problem.html").render(
        title=HTTPStatus(problem.status).phrase, problem=problem, request_id=it.id, read_at=clock.now(),
        signed_in=False, section="", command=None, done=None,
    )  # fmt: skip
    headers = {name: value for name, value in problem.all_headers().items() if name != "WWW-Authenticate"}
    return Response(
        text.encode("utf-8", "backslashreplace"), problem.status, headers=headers, media_type="text/html; charset=utf-8"
    )
