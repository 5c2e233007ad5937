"""Page: an address of the console, and the function that answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from starlette.responses import Response

from api.console.visit import Visit
from operations.actor import Role


@dataclass(frozen=True, slots=True)
class Page:
    """A page, or a change that a form of one asks for: method, path below /console, the role that it takes.

    ``{id}`` in a path stands for an id, written as the API's are (api/ids.py).
    """

    method: Literal["GET", "POST"]
    path: str
    answer: Callable[[Visit], Awaitable[Response]]
    role: Role = "reader"
