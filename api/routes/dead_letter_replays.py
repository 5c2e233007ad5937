"""Replays of many dead letters: beginning one as a run, how far it is, and cancelling it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api import routing
from api.params import By, Id, Why, With, instant
from api.routing import Answer, route
from operations import replay_runs
from operations.dead_letters import Filter
from operations.replay_runs import MOST, RATES, Replay, ReplayRun
from shared import clock

routes = routing.router("dead-letters")
_Named = Annotated[str, Field(min_length=1, max_length=100)]
_EXAMPLE = {
    "id": "replay-dead-letters|2026-11-23T09:00:00.000Z@cap=1000@rate=10@queue=taste-analysis-jobs",
    "status": "planning",
    "left": 640,
    "cap": 1000,
    "rate": 10,
    "replayed": 350,
    "refused": {"replay_loop": 10},
    "error": None,
}


class Meant(BaseModel):
    """Which letters (without members all), at most `cap` of them, `rate` a second; `force` past gates and loops."""

    model_config = ConfigDict(extra="forbid")

    queue: _Named | None = None
    errorClass: _Named | None = None  # noqa: N815 - JSON's own names
    cause: _Named | None = None
    since: Annotated[datetime, BeforeValidator(instant)] | None = None
    cap: Annotated[int, Field(ge=1, le=MOST)] = 1_000
    rate: Annotated[float, Field(ge=RATES[0], le=RATES[1])] = 10.0
    force: bool = False
    dryRun: bool = True  # noqa: N815


@route(routes, "POST", "/dead-letters/replays", answers=ReplayRun, status=202, also=(200,), example=_EXAMPLE)
async def start_replay(services: With, by: By, meant: Meant) -> Answer:
    """Send many dead letters again, as a run: 202 with its id. Unless `dryRun` is false it only counts them: 200.

    Letters that fail again, or meanwhile, aren't meant: each is sent once.
    """
    by.require("operator")
    wanted = Filter(meant.queue, meant.errorClass, meant.cause, meant.since)
    rate = float(f"{meant.rate:g}")
    replay = Replay(clock.parse(clock.text_now()), wanted, meant.cap, rate, meant.force)
    if meant.dryRun:
        return Answer(await replay_runs.preview(services.documents, by, replay), 200)
    return Answer(await replay_runs.start(services, by, replay))


@route(routes, "GET", "/dead-letters/replays/{id}", answers=ReplayRun, example=_EXAMPLE)
async def show_replay(services: With, by: By, id: Id) -> ReplayRun:
    """Show how far a replay is."""
    return await replay_runs.get(services.documents, by, id)


@route(
    routes,
    "POST",
    "/dead-letters/replays/{id}/cancel",
    answers=ReplayRun,
    example={**_EXAMPLE, "status": "cancelled"},
)
async def cancel_replay(services: With, by: By, id: Id, why: Why = None) -> ReplayRun:
    """End a replay: within seconds it sends no more letters. What was sent stays sent."""
    return await replay_runs.cancel(services, by, id, why=why)
