"""Port of authentication: what every mode is asked, and how it says no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from api.problems import Problem, Stop
from operations.actor import Actor


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says of its sender: its headers, by lower-case name."""

    headers: Mapping[str, str]


class Authenticator(Protocol):
    """The port."""

    scheme: str
    """The name of its security scheme in the OpenAPI document."""

    async def actor(self, asked: Asked) -> Actor:
        """Return who asks. Raises the problem 401 or 403."""
        ...


def unknown(code: str, detail: str, challenge: str) -> Stop:
    """Return the problem of a caller who didn't prove who it is, with how it may."""
    return Stop(Problem(401, code, detail, headers={"WWW-Authenticate": challenge}))


def refused(code: str, detail: str) -> Stop:
    """Return the problem of a request that no proof would help."""
    return Stop(Problem(403, code, detail))
