"""What counts when the last word of a run is in its ledger, but not yet in the record of its job?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from shared.documents.containers import JOBS, RUNS, Container
from shared.documents.port import Body, Document
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Transient
from tests.integration.jobs.worlds import Killed, MovingClock
from tests.integration.runs.worlds import RUN_QUEUE, SHARD_QUEUE, RunWorld, run_world

RUN = "rounds|2026-W48"
VISIBLE_AGAIN_SECONDS = 601.0
"""A worker's message comes back after 10 minutes; its claim is over long before."""
CRASHES = 6


class Attended(SqliteDocuments):
    """A store that lets `before` look at what is to be replaced."""

    def __init__(self) -> None:
        super().__init__(":memory:")
        self.before: Callable[[Container, Body], Awaitable[None]] | None = None

    async def replace(self, container: Container, body: Body, etag: str) -> Document:
        """See Documents."""
        if self.before is not None:
            await self.before(container, body)
        return await super().replace(container, body, etag)


async def about_to_fan_in(time: MovingClock) -> RunWorld:
    """Return a world with a run whose next step is its last."""
    world = run_world(time, documents=Attended())
    await world.open_latest_run()
    await world.step()
    while await world.deliver(SHARD_QUEUE):
        pass
    await world.step()
    assert (await world.entry(RUN)).status == "fan-in"
    return world


async def crash_until_dead(world: RunWorld, time: MovingClock) -> None:
    """Let each worker die that has written the ledger's last word, or found it, before it writes the record."""

    async def reap(container: Container, body: Body) -> None:
        if container is JOBS and body["status"] == "completed":
            raise Killed

    world.documents.before = reap
    for _ in range(CRASHES):
        with pytest.raises(Killed):
            await world.second_worker().deliver(RUN_QUEUE)
        time.advance(VISIBLE_AGAIN_SECONDS)
    outcome = await world.second_worker().deliver(RUN_QUEUE)
    assert outcome is not None
    assert (outcome.what, outcome.code) == ("dead", "kills_its_worker")
    world.documents.before = None


async def test_the_sixth_crash_after_the_last_word_leaves_the_word(time: MovingClock) -> None:
    world = await about_to_fan_in(time)

    await crash_until_dead(world, time)

    entry, job = await world.entry(RUN), (await world.job(RUN)).record
    assert (entry.status, job.status) == ("completed", "dead")
    assert job.generation == entry.generation + 1
    await world.catch_up()
    assert await world.entry(RUN) == entry


async def test_a_replay_of_a_job_that_died_after_the_last_word_completes_it_and_does_nothing_again(
    time: MovingClock,
) -> None:
    world = await about_to_fan_in(time)
    await crash_until_dead(world, time)
    entry = await world.entry(RUN)

    await world.interventions.replay(await world.job(RUN))
    await world.work_off()

    assert (await world.job(RUN)).record.status == "completed"
    assert await world.entry(RUN) == entry
    assert len(world.rounds.fan_ins) == 1


async def test_a_step_that_a_zombie_finished_first_goes_to_its_ending_at_no_attempts_cost(time: MovingClock) -> None:
    world = await about_to_fan_in(time)
    await spend_attempts(world, time, 4)
    successors: list[asyncio.Task[Any]] = []
    ready, may_write = asyncio.Event(), asyncio.Event()

    async def meet(container: Container, body: Body) -> None:
        if container is not RUNS or body["status"] != "completed":
            return
        if not successors:  # the claim of this worker is over now: another takes the job
            time.advance(VISIBLE_AGAIN_SECONDS)
            successors.append(asyncio.ensure_future(world.second_worker().deliver(RUN_QUEUE)))
            await ready.wait()
        else:
            ready.set()
            await may_write.wait()

    world.documents.before = meet
    zombie = await world.deliver(RUN_QUEUE)
    may_write.set()
    [outcome] = await asyncio.gather(*successors)

    assert zombie is not None
    assert (zombie.what, outcome.what) == ("lost", "completed")
    job = (await world.job(RUN)).record
    assert (job.status, job.attempts) == ("completed", 4)
    assert (await world.entry(RUN)).status == "completed"


async def spend_attempts(world: RunWorld, time: MovingClock, count: int) -> None:
    """Let the fan-in fail so often."""

    def fail() -> None:
        raise Transient("not now")

    world.rounds.on_fan_in = fail
    for _ in range(count):
        assert (await world.step()).what == "retry"
    world.rounds.on_fan_in = lambda: None
    time.advance(VISIBLE_AGAIN_SECONDS)
