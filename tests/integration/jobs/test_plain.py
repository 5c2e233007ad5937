"""How is a message handled that needs no record?"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from shared.documents.containers import JOBS
from shared.errors import Misconfigured, Permanent, RateLimited, Transient, Unavailable
from shared.jobs.kinds import Needs, Policy
from shared.jobs.scopes import of_queue
from tests.integration.jobs.worlds import MovingClock, WatchedWorld, world
from tests.jobs_world import QUEUE

ERRAND = '{"name": "a"}'
pytestmark = pytest.mark.usefixtures("time")


def plain(**policy: object) -> WatchedWorld:
    """Return a world whose errands need no record."""
    return world(recorded=False, policy=Policy(**policy))  # type: ignore[arg-type]


async def test_a_plain_message_is_handled_and_leaves_no_record() -> None:
    of = plain()

    outcome = await of.handle(ERRAND)

    assert outcome.what == "completed"
    assert of.log == ["effect", "delete"]
    assert await of.documents.count(JOBS) == 0


async def test_a_plain_message_is_handled_on_every_delivery() -> None:
    of = plain()
    await of.handle(ERRAND)
    await of.handle(ERRAND)

    assert of.handling.handled("a") == 2


async def test_a_plain_transient_is_deferred_by_its_dequeue_count(time: MovingClock) -> None:
    of = plain()
    of.handling.does["a"] = Transient("busy")
    of.put(ERRAND)

    waits = []
    for _ in range(5):
        outcome = await of.deliver()
        assert outcome.what == "retry"
        assert outcome.wait is not None
        waits.append(outcome.wait.total_seconds())
        time.advance(400)

    assert waits == [pytest.approx(mean, rel=0.2) for mean in (5, 20, 80, 300, 300)]


async def test_a_plain_message_that_is_permanent_is_a_dead_letter_of_its_own() -> None:
    of = plain()
    of.handling.does["a"] = Permanent("gone", code="gone")

    outcome = await of.handle(ERRAND)
    (dead,) = await of.dead_letters()

    assert (outcome.what, of.log) == ("dead", ["job dead", "delete"])
    assert (dead.is_bare_message, dead.key.scope) == (True, of_queue(QUEUE))
    assert dead.reason is not None
    assert dead.reason.code == "gone"


async def test_a_plain_message_that_has_come_200_times_is_a_dead_letter(time: MovingClock) -> None:
    assert Policy().plain_deliveries == 200
    of = plain(plain_deliveries=3)
    of.handling.does["a"] = Transient("busy", code="busy")
    of.put(ERRAND)

    whats = []
    while (outcome := await of.deliver_one()) is not None:
        whats.append(outcome.what)
        time.advance(400)

    assert whats == ["retry", "retry", "dead"]


@pytest.mark.parametrize(
    "error",
    [
        RateLimited("slow", dependency="model:small", retry_after=timedelta(seconds=60)),
        Misconfigured("no key", dependency="model:small"),
    ],
    ids=["rate limited", "misconfigured"],
)
async def test_a_plain_message_closes_and_waits_for_gates_however_often_it_has_come(
    error: Exception, time: MovingClock
) -> None:
    of = plain(plain_deliveries=1)
    of.handling.does["a"] = error
    of.put(ERRAND)

    first = await of.deliver()
    beside = await of.handle('{"name": "b"}')
    of.handling.does["a"] = None
    time.advance(60)
    again = await of.deliver()

    assert [(one.what, one.wait) for one in (first, beside)] == [
        ("held", timedelta(seconds=60)),
        ("deferred", timedelta(seconds=60)),
    ]
    assert again.what == "completed"
    assert await of.runtime.gates.all() == []


async def test_a_plain_message_that_does_without_a_closed_dependency_is_not_held() -> None:
    of = world(recorded=False, needs=Needs("do", {"walk": ()}))
    await of.runtime.gates.close("model:small", reason="pause", by="ops", until=None)

    asks, walks = await of.handle(ERRAND), await of.handle('{"name": "b", "do": "walk"}')

    assert (asks.what, walks.what) == ("deferred", "completed")


async def test_a_plain_probe_that_fails_leaves_the_gate_due(time: MovingClock) -> None:
    of = plain()
    await of.runtime.gates.close("queue:errand-jobs", reason="pause", by="ops", until=time.now)
    of.handling.does["a"] = Transient("busy")

    await of.handle(ERRAND)
    (gate,) = await of.runtime.gates.all()

    assert gate.due == time.now


async def test_a_plain_handlers_store_failure_is_waited_for_a_minute() -> None:
    of = plain(plain_deliveries=1)
    of.handling.does["a"] = Unavailable("down")

    outcome = await of.handle(ERRAND)

    assert (outcome.what, outcome.wait) == ("store_failed", timedelta(seconds=60))


async def test_a_plain_handler_is_cut_off_at_its_deadline() -> None:
    of = plain(deadline=timedelta(seconds=0.1))
    of.handling.does["a"] = lambda job: asyncio.sleep(30)

    assert (await of.handle(ERRAND)).what == "retry"


async def test_a_plain_copy_in_the_poison_queue_is_a_dead_letter_of_its_own() -> None:
    of = plain()

    outcome = await of.deliver_poison(ERRAND)

    assert (outcome.what, outcome.code) == ("dead", "host_gave_up")
