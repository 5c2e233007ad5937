"""What goes on when somebody opens a gate before it is due?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.documents.containers import HELD_MESSAGES
from shared.errors import Misconfigured, RateLimited, Transient, Unavailable
from shared.jobs.opening import LetGo, Opening
from shared.jobs.record import JobKey
from tests.integration.jobs.worlds import MovingClock, WatchedWorld, world

MODEL, QUEUE_GATE = "model:small", "queue:errand-jobs"
HALF_AN_HOUR = timedelta(minutes=30)


async def close(of: WatchedWorld, time: MovingClock, gate: str = QUEUE_GATE) -> None:
    """Close a gate for half an hour."""
    await of.runtime.gates.close(gate, reason="moving", by="ops", until=time.now + HALF_AN_HOUR)


async def opened(of: WatchedWorld, gate: str = QUEUE_GATE) -> list[LetGo]:
    """Open the gate; return what came of what it held back."""
    assert await of.runtime.gates.open(gate)
    opening = Opening(of.records, of.queues, of.registry, gate, by="ada")
    return [one async for one in opening.let_go(await opening.held())]


async def worked_off(of: WatchedWorld) -> list[str]:
    """Deliver what is visible now; return what came of it."""
    found = []
    while (outcome := await of.deliver_one()) is not None:
        found.append(outcome.what)
    return found


async def test_a_message_whose_job_has_no_record_yet_goes_on_at_once(time: MovingClock) -> None:
    of = world()
    await close(of, time)
    await of.handle('{"name": "a"}')
    time.advance(60)

    assert await opened(of) == [LetGo(JobKey("errands", "a"), is_message=True, woken=True)]
    assert await worked_off(of) == ["completed"]


async def test_a_job_that_was_queued_but_never_claimed_goes_on_at_once(time: MovingClock) -> None:
    of = world()
    await close(of, time)
    await of.producer.enqueue(of.kind, {"name": "a"}, by="ada")
    assert await worked_off(of) == ["deferred"]

    assert await opened(of) == [LetGo(JobKey("errands", "a"), is_message=False, woken=True)]
    assert await worked_off(of) == ["completed"]
    event = (await of.job("a")).timeline[1]
    assert (event["what"], event["gate"], event["by"]) == ("let go", QUEUE_GATE, "ada")


async def test_a_job_that_closed_the_gate_itself_goes_on_at_once_with_its_attempts(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = RateLimited("slow", dependency=MODEL, retry_after=HALF_AN_HOUR)
    await of.handle('{"name": "a"}')
    of.handling.does["a"] = None

    assert [one.woken for one in await opened(of, MODEL)] == [True]
    assert await worked_off(of) == ["completed"]
    assert (await of.job("a")).attempts == 0


async def test_the_message_that_was_held_back_changes_nothing_when_it_comes_at_last(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = RateLimited("slow", dependency=MODEL, retry_after=HALF_AN_HOUR)
    await of.handle('{"name": "a"}')
    of.handling.does["a"] = None
    await opened(of, MODEL)
    await worked_off(of)
    time.advance(HALF_AN_HOUR.total_seconds())

    assert await worked_off(of) == ["ended"]
    assert of.handling.handled("a") == 2


async def test_messages_of_a_plain_kind_go_on_at_once(time: MovingClock) -> None:
    of = world(recorded=False)
    await close(of, time)
    await of.handle('{"name": "a"}')

    assert await opened(of) == [LetGo(None, is_message=True, woken=True)]
    assert await worked_off(of) == ["completed"]
    assert of.handling.handled("a") == 1


async def test_a_plain_message_that_closed_the_gate_itself_goes_on_at_once(time: MovingClock) -> None:
    of = world(recorded=False)
    of.handling.does["a"] = RateLimited("slow", dependency=MODEL, retry_after=HALF_AN_HOUR)
    await of.handle('{"name": "a"}')
    of.handling.does["a"] = None

    assert [one.woken for one in await opened(of, MODEL)] == [True]
    assert await worked_off(of) == ["completed"]


async def test_a_new_asking_for_a_dead_job_goes_on_at_once(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Misconfigured("no key", dependency=MODEL)
    await of.handle('{"name": "a"}')
    held = await of.records.get(JobKey("errands", "a"))
    assert held is not None
    await of.interventions.cancel(held)
    of.handling.does["a"] = None
    time.advance(10)
    await close(of, time)
    of.put('{"name": "a"}')
    await worked_off(of)

    assert [one.woken for one in await opened(of) if one.is_message] == [True]


async def test_a_job_that_waits_for_its_next_attempt_keeps_its_wait(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Transient("busy")
    await of.handle('{"name": "a"}')
    due = (await of.job("a")).due
    await close(of, time)

    assert [one.woken for one in await opened(of)] == [False]
    assert (await of.job("a")).due == due


async def test_a_job_that_runs_is_left_alone(time: MovingClock) -> None:
    of = world()
    await of.abandoned("a", claim_ends_in=30)
    await close(of, time)

    assert [one.woken for one in await opened(of)] == [False]
    assert of.queues.sent == []


async def test_a_job_whose_worker_died_gets_its_message_and_counts_its_crash(time: MovingClock) -> None:
    of = world()
    await of.abandoned("a")
    await close(of, time)

    assert [one.woken for one in await opened(of)] == [True]
    assert await worked_off(of) == ["completed"]
    assert [event.get("crashes") for event in (await of.job("a")).timeline if event["what"] == "delivered"][-1] == 1


async def test_another_gates_jobs_stay_where_they_are(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = RateLimited("slow", dependency=MODEL, retry_after=HALF_AN_HOUR)
    await of.handle('{"name": "a"}')
    await close(of, time)

    assert [one.woken for one in await opened(of)] == [False]


async def test_a_message_that_came_by_itself_meanwhile_is_not_said_to_be_woken(time: MovingClock) -> None:
    of = world()
    await of.runtime.gates.close(QUEUE_GATE, reason="moving", by="ops", until=None)
    await of.handle('{"name": "a"}')
    opening = Opening(of.records, of.queues, of.registry, QUEUE_GATE, by="ada")
    held = await opening.held()
    await of.runtime.gates.open(QUEUE_GATE)
    time.advance(300)
    await worked_off(of)

    assert [one.woken async for one in opening.let_go(held)] == [False]


async def test_a_worker_that_still_thinks_the_gate_closed_wakes_its_message_itself(time: MovingClock) -> None:
    of = world()
    await close(of, time)
    assert (await of.handle('{"name": "a"}')).what == "deferred"
    other = of.second_worker()
    await opened(other)
    await worked_off(other)

    assert (await of.handle('{"name": "b"}')).what == "deferred"
    time.advance(2)
    assert await worked_off(of) == ["completed"]


async def test_opening_that_broke_off_goes_on_with_what_is_left(time: MovingClock) -> None:
    of = world()
    for name in ("a", "b"):
        of.handling.does[name] = RateLimited("slow", dependency=MODEL, retry_after=HALF_AN_HOUR)
    await of.handle('{"name": "a"}')
    of.put('{"name": "b"}')
    await worked_off(of)
    of.queues.down = True
    with pytest.raises(Unavailable):
        await opened(of, MODEL)
    of.queues.down = False

    opening = Opening(of.records, of.queues, of.registry, MODEL, by="ada")
    of.handling.does.clear()
    assert len([one async for one in opening.let_go(await opening.held(marked=True))]) == 2
    await worked_off(of)

    assert [(await of.job(name)).status for name in ("a", "b")] == ["completed", "completed"]
    assert await opening.held(marked=True) == []


async def test_a_store_that_takes_no_note_defers_the_message_all_the_same(
    time: MovingClock, caplog: pytest.LogCaptureFixture
) -> None:
    of = world()
    await close(of, time)
    of.documents.fail("heldMessages")

    assert (await of.handle('{"name": "a"}')).wait == HALF_AN_HOUR
    assert "unnoted" in caplog.text


async def test_a_note_outlasts_its_wait_by_an_hour(time: MovingClock) -> None:
    of = world()
    await close(of, time)
    await of.handle('{"name": "a"}')

    found: Any = [document.body async for document in of.documents.query(HELD_MESSAGES)]

    assert [note["ttl"] for note in found] == [5400]
