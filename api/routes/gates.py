"""Gates: what is held back now, closing one by hand, and opening one with all that it held back."""

from __future__ import annotations

import time
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api import routing
from api.params import By, Id, With, instant
from api.routing import route
from operations import gates
from operations.answers import Page
from operations.gates import ClosedGate

LIMIT_SECONDS = 120.0
"""How long one request wakes what a gate held back. Opening the gate again goes on."""
routes = routing.router("gates")


class Close(BaseModel):
    """Why a gate is closed, and until when; without an instant until somebody opens it."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=500)]
    until: Annotated[datetime, BeforeValidator(instant)] | None = None


@dataclass(frozen=True, slots=True)
class Woken:
    """How much of what a gate held back goes on."""

    jobs: int
    messages: int


@dataclass(frozen=True, slots=True)
class OpenedGate:
    """A gate that was opened: what goes on, what is `left` to its own time, and gates that hold some of it still."""

    name: str
    woken: Woken
    left: int
    still_closed: tuple[str, ...]


@route(routes, "GET", "/gates", answers=Page[ClosedGate])
async def list_gates(services: With, by: By) -> Page[ClosedGate]:
    """List the closed gates, each with how much it holds back."""
    return await gates.closed(services.documents, services.settings, by)


@route(routes, "POST", "/gates/{id}/close", answers=ClosedGate)
async def close_gate(services: With, by: By, id: Id, how: Close) -> ClosedGate:
    """Hold back a queue's jobs or a dependency's. Workers see it within 2 s; jobs that run go on."""
    return await gates.close(services.documents, services.settings, by, id, reason=how.reason, until=how.until)


@route(routes, "POST", "/gates/{id}/open", answers=OpenedGate)
async def open_gate(services: With, by: By, id: Id) -> OpenedGate:
    """Open a gate, whoever closed it, and wake what it held back."""
    opened = await gates.open_(services, by, id)
    jobs = messages = done = 0
    until = time.monotonic() + LIMIT_SECONDS
    async with aclosing(gates.let_go(services, by, opened)) as waking:  # type: ignore[type-var]
        async for one in waking:
            done += 1
            messages += one.woken and one.is_message
            jobs += one.woken and not one.is_message
            if time.monotonic() >= until:
                break
    return OpenedGate(opened.name, Woken(jobs, messages), len(opened.held) - done, opened.still_closed)
