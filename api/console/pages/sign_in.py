"""Sign-in: the page that asks for an API key."""

from __future__ import annotations

from jinja2 import Environment
from starlette.responses import Response

from api.console.doors import Door, ShutDoor
from api.problems import Problem
from shared import clock

PATH = "/sign-in"
OUT = "/sign-out"


def shown(
    environment: Environment, door: Door, to: str, *, is_out: bool = False, problem: Problem | None = None
) -> Response:
    """Return the page; `to` is the page that it leads to, `problem` says why a key wasn't taken."""
    text = environment.get_template("sign_in.html").render(
        door=door,
        shut=door.why if isinstance(door, ShutDoor) else None,
        to=to,
        is_out=is_out,
        problem=problem,
        read_at=clock.now(),
        signed_in=False,
        section="",
        command=None,
        done=None,
    )
    return Response(text, problem.status if problem else 200, media_type="text/html; charset=utf-8")
