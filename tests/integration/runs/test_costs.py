"""What does a shard cost?"""

from __future__ import annotations

from collections import Counter
from typing import Any

from shared.documents.sqlite import SqliteDocuments
from tests.integration.jobs.worlds import MovingClock
from tests.integration.runs.worlds import Rounds, run_world

SHARDS = 200


class CountedDocuments:
    """The store, which counts what it is asked."""

    def __init__(self) -> None:
        self._inner = SqliteDocuments(":memory:")
        self.asked: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        self.asked[name] += 1
        return getattr(self._inner, name)


async def test_a_shard_that_does_nothing_takes_seven_operations_of_the_store(time: MovingClock) -> None:
    documents = CountedDocuments()
    world = run_world(time, documents=documents, rounds=Rounds(count=SHARDS))
    await world.open_latest_run()
    await world.step()
    before = documents.asked.total()

    await world.work_off()

    # Two to enqueue it (read, create), three to do it (read, claim, complete), two to tell of its end (event, mark);
    # a share of the run's own.
    planning = before / SHARDS
    working = (documents.asked.total() - before) / SHARDS
    assert 2 <= planning < 2.2
    assert 5 <= working < 5.5
