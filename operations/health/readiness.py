"""Readiness: does what every request needs answer now? Asked often, so each is asked for one small thing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Literal

from operations.actor import Actor
from shared.blobs.containers import WARDROBE_IMAGES
from shared.documents.containers import SCHEDULER_STATE
from shared.errors import NightshiftError
from shared.services import Services

LIMIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Dependency:
    """Whether a dependency answers; `code` says how it failed."""

    name: Literal["store", "queues", "blobs"]
    state: Literal["ok", "failing"]
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether requests can be served, and what they depend on."""

    status: Literal["ready", "not ready"]
    dependencies: tuple[Dependency, ...]


async def check(services: Services, by: Actor) -> Readiness:
    """Ask store, queues and blobs at once, each for 5 seconds at most."""
    by.require("reader")
    asked = (
        _asked("store", services.documents.get(SCHEDULER_STATE, "readiness", "readiness")),
        _asked("queues", _depth(services)),
        _asked("blobs", services.blobs.check(WARDROBE_IMAGES)),
    )
    found = tuple(await asyncio.gather(*asked))
    return Readiness("ready" if all(one.state == "ok" for one in found) else "not ready", found)


async def _depth(services: Services) -> None:
    if await services.queues.depth(services.settings.taste_queue) is None:
        raise NightshiftError("There is no queue of taste jobs.", code="queue_missing")


async def _asked(name: Literal["store", "queues", "blobs"], question: Awaitable[object]) -> Dependency:
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            await question
    except TimeoutError:
        return Dependency(name, "failing", "unavailable")
    except NightshiftError as error:
        return Dependency(name, "failing", error.code)
    return Dependency(name, "ok")
