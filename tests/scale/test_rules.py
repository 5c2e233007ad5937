"""What do ticks of alert rules ask of the store, and does every rule run that is due in one minute?"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from shared.documents.containers import ALERT_RULES
from shared.queues.memory import MemoryQueues
from tests.integration.jobs.worlds import MovingClock
from tests.integration.rules.worlds import EVERY_MINUTE, RuleWorld
from tests.scale.counting import CountedDocuments
from tests.scale.rule_copies import copy

MINUTE = timedelta(minutes=1)
DAILY = {"type": "daily", "time": "08:00", "timezone": "UTC"}
DUE = 100


class SlowQueues(MemoryQueues):
    """Queues that take 10 ms to send a message."""

    def __init__(self, time: MovingClock) -> None:
        super().__init__()
        self._time = time

    async def send(self, queue: str, body: str, *, delay: timedelta = timedelta()) -> str:
        """See MemoryQueues."""
        self._time.advance(0.01)
        return await super().send(queue, body, delay=delay)


async def test_a_tick_costs_the_same_however_many_rules_are_due_later(time: MovingClock) -> None:
    begin, found = time.now, list[tuple[Any, ...]]()
    for rules in (1_000, 16_000, 100_000):
        time.now, documents = begin, CountedDocuments()
        world = RuleWorld(time, documents)
        await world.create("often", frequency=EVERY_MINUTE)
        await world.create("daily", frequency=DAILY)
        copy(documents.unwatched(), "often", DUE - 1, time.now + MINUTE)
        copy(documents.unwatched(), "daily", rules - DUE - 1, time.now + timedelta(days=1))
        await world.minutes(1)  # so that each has a slot before the one that counts
        time.advance(60)
        asked, given, before = Counter(documents.asked), Counter(documents.given), documents.cost

        done = await world.tick()
        dispatched = documents.cost - before
        ran = await world.work_off()

        print(f"{rules} rules: a tick {dispatched}; with the runs {documents.cost - before}")
        found.append((dispatched, documents.asked - asked, documents.given - given))
        assert await documents.count(ALERT_RULES) == rules
        assert (done.rules, done.finished) == ({"sent": DUE}, True)
        assert ran == ["completed"] * DUE
        await documents.close()

    assert found[0] == found[1] == found[2]
    assert (found[0][0].operations, found[0][0].read) == (2 + 4 * DUE, 2 * DUE)


async def test_ten_thousand_rules_that_are_due_in_one_minute_all_run(time: MovingClock) -> None:
    """The time of a tick doesn't suffice for them: what it leaves the next ones do."""
    world = RuleWorld(time, queues=SlowQueues(time))
    await world.create("daily", frequency=DAILY)
    slot = time.now + timedelta(hours=23)
    copy(world.documents._tables._connection, "daily", 9_999, slot)
    time.now = slot

    ticks = []
    while not ticks or not ticks[-1].finished:
        ticks.append(await world.tick())
        time.advance(15)
    ran = await world.work_off()

    assert len(ticks) > 1
    assert sum((Counter(tick.rules) for tick in ticks), Counter()) == {"sent": 10_000}
    assert ran == ["completed"] * 10_000
    assert sum(tick.missed + tick.skipped for tick in ticks) == 0
    assert len(world.meter.asked) == 10_000
