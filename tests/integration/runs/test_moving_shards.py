"""Does a run wait for a shard that changes its state while the run counts?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.documents.containers import JOBS, Container
from shared.documents.port import Condition
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.scopes import of_run
from tests.integration.jobs.worlds import MovingClock
from tests.integration.runs.worlds import LOOK, RUN_QUEUE, SHARD_QUEUE, run_world

RUN = "rounds|2026-W48"
LAST = "s00002"


class Restless(SqliteDocuments):
    """A store in which the last shard is always in another state than the one that is being counted."""

    restless = False

    async def count(
        self, container: Container, *, partition: str | None = None, where: Sequence[Condition] = ()
    ) -> int:
        """See Documents."""
        if self.restless and container is JOBS and where:
            _, op, state = where[0]
            if op == "=":
                await self._move("running" if state == "waiting" else "waiting")
        return await super().count(container, partition=partition, where=where)

    async def _move(self, status: str) -> None:
        held = await self.get(JOBS, of_run(RUN), LAST)
        assert held is not None
        await self.replace(JOBS, {**held.body, "status": status}, held.etag)


async def test_a_run_does_not_fan_in_while_a_shard_moves_between_states(time: MovingClock) -> None:
    documents: Any = Restless(":memory:")
    world = run_world(time, documents=documents)
    await world.open_latest_run()
    await world.step()
    for _ in range(2):
        await world.deliver(SHARD_QUEUE)
    documents.restless = True

    time.now += LOOK
    await world.step()
    assert (await world.entry(RUN)).status == "running"

    documents.restless = False
    await world.work_off()
    entry = await world.entry(RUN)
    assert (entry.status, entry.planned, entry.shards) == ("completed", 3, {"completed": 3})


async def test_shards_that_move_while_a_run_is_planned_are_planned_once_each_and_waited_for(time: MovingClock) -> None:
    documents: Any = Restless(":memory:")
    world = run_world(time, documents=documents)
    world.rounds.on_plan = lambda cursor: setattr(documents, "restless", True)
    await world.open_latest_run()

    await world.deliver(RUN_QUEUE)

    entry = await world.entry(RUN)
    assert (entry.status, entry.planned) == ("running", 3)
