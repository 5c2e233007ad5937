"""Sign-in: the page that asks for an API key, or leads to Entra."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment
from starlette.responses import Response

from api.console.doors import Door, ShutDoor
from api.problems import Problem
from shared import clock

if TYPE_CHECKING:
    from api.console.entra import Entra

PATH = "/sign-in"
START = f"{PATH}/entra"
BACK = f"{START}/callback"
OUT = "/sign-out"


def shown(
    environment: Environment,
    door: Door,
    entra: Entra | None,
    to: str,
    *,
    out: str | None = None,
    problem: Problem | None = None,
) -> Response:
    """Return the page; `to` is the page that it leads to, `problem` says why somebody wasn't let in.

    `out`: a session was ended here, ``entra`` one that had begun there.
    """
    text = environment.get_template("sign_in.html").render(
        door=door,
        shut=door.why if isinstance(door, ShutDoor) and entra is None else None,
        is_shut=isinstance(door, ShutDoor),
        entra=entra,
        start=START,
        pick="yes" if out or problem else None,
        to=to,
        out=out,
        problem=problem,
        read_at=clock.now(),
        signed_in=False,
        section="",
        command=None,
        done=None,
    )
    return Response(text, problem.status if problem else 200, media_type="text/html; charset=utf-8")
