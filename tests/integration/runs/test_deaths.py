"""What becomes of a run whose worker dies? It is killed at each call to store and queue, before it or after it."""

from __future__ import annotations

from typing import Any

import pytest

from shared.documents.sqlite import SqliteDocuments
from shared.queues.memory import MemoryQueues
from tests.integration.jobs.worlds import Killed, MovingClock
from tests.integration.runs.worlds import Rounds, RunWorld, run_world

RUN = "rounds|2026-W48"
SHARDS = ["s00000", "s00001", "s00002"]
CALLS = ("get", "create", "replace", "upsert", "count", "send")


class Reaper:
    """Kills whoever makes the call number `at` (from 1), before it takes effect or after."""

    def __init__(self, at: int, *, after: bool) -> None:
        self.calls = 0
        self._at = at
        self._after = after

    def over(self, inner: Any) -> Any:
        """Return `inner` with its calls counted."""
        for name in CALLS:
            if hasattr(inner, name):
                setattr(inner, name, self._counted(getattr(inner, name)))
        return inner

    def _counted(self, call: Any) -> Any:
        async def counted(*arguments: Any, **named: Any) -> Any:
            self.calls += 1
            mine = self.calls == self._at
            if mine and not self._after:
                raise Killed
            done = await call(*arguments, **named)
            if mine:
                raise Killed
            return done

        return counted


async def lived_through(time: MovingClock, at: int, *, after: bool) -> tuple[RunWorld, Reaper]:
    """Run to the end though the worker, or whoever opens the run, dies at call number `at`; return what there is."""
    reaper = Reaper(at, after=after)
    world = run_world(time, documents=reaper.over(SqliteDocuments(":memory:")), rounds=Rounds(count=3, page=2))
    world.queues = reaper.over(MemoryQueues())
    world.__post_init__()
    for _ in range(3):
        try:
            await world.open_latest_run()
            await world.work_off()
        except Killed:
            world = world.second_worker()
    return world, reaper


async def calls_of_a_whole_run(time: MovingClock) -> int:
    """Return how many calls a run takes that nothing happens to."""
    _, reaper = await lived_through(time, 0, after=False)
    return reaper.calls


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_run_completes_wherever_its_worker_dies(time: MovingClock, after: bool) -> None:
    calls = await calls_of_a_whole_run(time)
    assert calls > 50
    for at in range(1, calls + 1):
        time.now = MovingClock().now
        world, _ = await lived_through(time, at, after=after)

        assert await world.runs() == {RUN: "completed"}, f"killed at call {at}"
        entry = await world.entry(RUN)
        assert (entry.planned, entry.shards, entry.counters) == (3, {"completed": 3}, {"done": 3}), f"at call {at}"
        # A shard that was killed between its effect and its ending is done again; its effect is keyed.
        assert sorted(set(world.rounds.done)) == SHARDS, f"at call {at}"
        assert len(world.rounds.done) <= len(SHARDS) + 1, f"at call {at}"
