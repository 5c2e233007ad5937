"""A machine whose clock was far ahead has worked, and died: who is held up by what it wrote? Nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.documents.containers import GATES
from shared.errors import Misconfigured, RateLimited, Transient
from shared.jobs.gates import Gate, Gates
from shared.jobs.outcome import Deferred
from tests.integration.jobs.worlds import MovingClock, WatchedWorld, world
from tests.jobs_world import QUEUE

ERRAND = '{"name": "a"}'
TWO_DAYS = timedelta(days=2)
GATE = f"queue:{QUEUE}"


async def test_a_job_claimed_20_minutes_into_the_future_goes_on_when_its_message_comes_back(time: MovingClock) -> None:
    of = world()
    await of.abandoned("a", claim_ends_in=20 * 60)

    outcome = await of.handle(ERRAND)

    assert (outcome.what, of.handling.handled("a")) == ("completed", 1)


async def test_whoever_claimed_it_so_writes_nothing_more(time: MovingClock) -> None:
    of = world()
    other = of.second_worker()

    async def elsewhere(job: object) -> None:
        of.handling.does["a"] = None
        time.now -= timedelta(minutes=20)  # the other machine's clock is right
        assert (await other.handle(ERRAND)).what == "completed"
        time.now += timedelta(minutes=20)

    time.now += timedelta(minutes=20)
    of.handling.does["a"] = elsewhere
    of.queues.put(QUEUE, ERRAND.encode())
    delivery = of.queues.receive(QUEUE)
    assert delivery is not None

    with pytest.raises(Deferred) as deferred:
        await of.runtime.deliver(of.kind, delivery)

    assert deferred.value.outcome.what == "lost"
    assert (await of.job("a")).status == "completed"


async def left_waiting(of: WatchedWorld, time: MovingClock) -> None:
    """Let a job wait for its second attempt, written two days ahead, and lose its message."""
    time.now += TWO_DAYS
    of.handling.does["a"] = Transient("not yet")
    assert (await of.handle(ERRAND)).what == "retry"
    of.handling.does["a"] = None
    of.queues.clear(QUEUE)
    time.now -= TWO_DAYS


async def test_a_job_that_waits_for_a_time_two_days_ahead_goes_on_at_its_next_message(time: MovingClock) -> None:
    of = world()
    await left_waiting(of, time)

    assert (await of.handle(ERRAND)).what == "completed"


async def test_rescue_finds_it_within_a_quarter_of_an_hour_without_any_message(time: MovingClock) -> None:
    of = world()
    await left_waiting(of, time)
    rescued = []

    for _ in range(15):
        time.advance(60)
        rescued += await of.rescue.run()

    assert [one.record.key.id for one in rescued] == ["a"]
    assert rescued[0].overdue == timedelta()
    assert (await of.deliver()).what == "completed"


async def test_rescue_leaves_alone_what_waits_because_it_is_meant_to(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = RateLimited("later", dependency="model:small", retry_after=timedelta(hours=20))
    await of.handle(ERRAND)
    await of.runtime.gates.open("model:small")

    for _ in range(16):
        assert await of.rescue.run() == []
        time.advance(60)


async def test_a_like_that_asks_anew_is_not_swallowed_by_a_completion_two_days_ahead(time: MovingClock) -> None:
    of = world()
    of.put(ERRAND)
    delivery = of.queues.receive(QUEUE)
    assert delivery is not None
    time.now += TWO_DAYS
    await of.runtime.deliver(of.kind, delivery)
    of.queues.delete(delivery)
    time.now -= TWO_DAYS
    time.advance(3601)

    assert (await of.handle(ERRAND)).what == "completed"
    assert of.handling.handled("a") == 2
    await of.handle(ERRAND)
    assert of.handling.handled("a") == 2, "its own repeat is one, as ever"


async def the_gate(of: WatchedWorld, name: str) -> Gate:
    """Return a gate as the store has it."""
    (found,) = [gate for gate in await of.runtime.gates.all() if gate.name == name]
    return found


async def test_a_gate_that_was_closed_two_days_ahead_opens_its_length_after_it_was_seen(time: MovingClock) -> None:
    of = world()
    time.now += TWO_DAYS
    of.handling.does["a"] = RateLimited("slowly", dependency="model:small", retry_after=timedelta(seconds=40))
    assert (await of.handle(ERRAND)).what == "held"
    of.handling.does["a"] = None
    of.queues.clear(QUEUE)
    time.now -= TWO_DAYS

    outcome = await of.second_worker().handle(ERRAND)

    assert (outcome.what, outcome.wait) == ("deferred", timedelta(seconds=40))
    time.advance(40)
    assert (await of.deliver()).what == "completed"
    assert await of.documents.count(GATES) == 0


async def test_of_two_workers_that_mend_a_gate_at_once_neither_waits_longer_than_its_length(time: MovingClock) -> None:
    of = world()
    time.now += TWO_DAYS
    await of.runtime.gates.close("model:small", reason="slow", by="ada", until=time.now + timedelta(seconds=40))
    time.now -= TWO_DAYS
    store, write = of.documents, of.documents.replace

    async def beaten(*arguments: Any) -> Any:
        store.replace = write
        await Gates(store).closed(["model:small"])
        return await write(*arguments)

    store.replace = beaten
    outcome = await of.handle(ERRAND)

    assert (outcome.what, outcome.wait) == ("deferred", timedelta(seconds=40))


async def test_a_gate_that_a_person_closed_for_good_stays_closed_whatever_their_clock_was(time: MovingClock) -> None:
    of = world()
    time.now += TWO_DAYS
    await of.runtime.gates.close(GATE, reason="moving", by="ada", until=None)
    time.now -= TWO_DAYS

    assert (await of.handle(ERRAND)).what == "deferred"
    gate = await the_gate(of, GATE)
    assert (gate.due, gate.closed_at, gate.by) == (None, time.now, "ada")


async def test_a_probe_of_a_worker_two_days_ahead_holds_nobody_for_two_days(time: MovingClock) -> None:
    of = world()
    gates: Gates = of.runtime.gates
    began = time.now
    await gates.close_after("model:small", Misconfigured("no key", dependency="model:small"), began, by="job b")
    time.advance(60)
    won = await gates.win_probe(await the_gate(of, "model:small"), time.now + TWO_DAYS)
    assert won is not None  # and dies

    assert (await of.handle(ERRAND)).what == "completed"


async def test_a_probe_that_fails_two_days_ahead_leaves_its_gate_due_now(time: MovingClock) -> None:
    of = world()
    gates: Gates = of.runtime.gates
    await gates.close_after("model:small", Misconfigured("no key", dependency="model:small"), time.now, by="job b")
    time.advance(60)
    won = await gates.win_probe(await the_gate(of, "model:small"), time.now + timedelta(minutes=4))
    assert won is not None
    time.now += TWO_DAYS
    await gates.end_probe(won, success=False)
    time.now -= TWO_DAYS

    assert (await of.handle(ERRAND)).what == "completed"


@pytest.mark.parametrize("ahead", [timedelta(minutes=2), timedelta()])
async def test_a_gate_of_a_clock_that_is_a_little_ahead_is_left_as_it_is(time: MovingClock, ahead: timedelta) -> None:
    of = world()
    time.now += ahead
    until = time.now + timedelta(minutes=10)
    await of.runtime.gates.close(GATE, reason="moving", by="ada", until=until)
    time.now -= ahead

    await of.handle(ERRAND)

    assert (await the_gate(of, GATE)).due == until


async def test_the_copy_in_the_poison_queue_of_a_job_claimed_into_the_future_becomes_its_dead_letter(
    time: MovingClock,
) -> None:
    of = world()
    await of.abandoned("a", claim_ends_in=20 * 60)

    outcome = await of.deliver_poison(ERRAND)

    assert (outcome.what, (await of.job("a")).status) == ("dead", "dead")
