"""Who wakes a job whose message is gone?"""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import Transient, Unavailable
from shared.jobs.kinds import Needs
from tests.integration.jobs.worlds import Killed, MovingClock, WatchedWorld, world
from tests.jobs_world import QUEUE

A = {"name": "a"}


async def rescued(of: WatchedWorld) -> list[str]:
    """Run the rescue; return the names of the jobs it woke."""
    return [one.record.key.id for one in await of.rescue.run()]


async def killed(of: WatchedWorld, time: MovingClock) -> None:
    """Let a worker die of errand a."""
    of.handling.does["a"] = Killed()
    of.put('{"name": "a"}')
    with pytest.raises(Killed):
        await of.deliver()
    of.handling.does["a"] = None
    of.log.clear()


async def lost(of: WatchedWorld) -> None:
    """Enqueue errand a and lose its message."""
    await of.producer.enqueue(of.kind, A, by="ada")
    of.queues.clear(QUEUE)
    of.log.clear()


@pytest.mark.parametrize(("after", "woken"), [(119, []), (120, ["a"])])
async def test_a_running_job_is_woken_a_minute_after_its_claim_was_over(
    after: float, woken: list[str], time: MovingClock
) -> None:
    of = world()
    await killed(of, time)
    time.advance(after)

    assert await rescued(of) == woken


@pytest.mark.parametrize(("after", "woken"), [(899, []), (900, ["a"])])
async def test_a_queued_job_is_woken_15_minutes_after_it_was_due(
    after: float, woken: list[str], time: MovingClock
) -> None:
    of = world()
    await lost(of)
    time.advance(after)

    assert await rescued(of) == woken


async def test_a_waiting_job_is_woken_15_minutes_after_it_was_due(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Transient("busy")
    await of.handle('{"name": "a"}')
    of.queues.clear(QUEUE)
    waiting = await of.job("a")
    assert waiting.due is not None
    time.now = waiting.due

    time.advance(899)
    before = await rescued(of)
    time.advance(1)

    assert (before, await rescued(of)) == ([], ["a"])


async def test_the_record_is_touched_before_its_message_is_sent(time: MovingClock) -> None:
    of = world()
    await killed(of, time)
    time.advance(120)

    await rescued(of)

    assert of.log == ["job running", "send"]


async def test_the_message_is_of_the_same_generation(time: MovingClock) -> None:
    of = world()
    await lost(of)
    time.advance(900)

    await rescued(of)

    assert of.queues.sent[-1] == {"name": "a", "do": "ok", "generation": 0}
    assert (await of.job("a")).generation == 0


async def test_a_woken_job_of_a_killed_worker_completes_within_3_minutes(time: MovingClock) -> None:
    of = world()
    await killed(of, time)
    began = time.now
    while (await of.job("a")).status != "completed":
        time.advance(60)
        await rescued(of)
        while await of.deliver_one():
            pass

    assert time.now - began <= timedelta(minutes=3)


async def test_repeated_rescues_get_rarer_up_to_4_hours(time: MovingClock) -> None:
    of = world()
    await lost(of)

    wakings = []
    began = time.now
    for _ in range(24 * 60):
        time.advance(60)
        if await rescued(of):
            wakings.append((time.now - began) / timedelta(minutes=1))
            of.queues.clear(QUEUE)
    distances = [second - first for first, second in itertools.pairwise(wakings)]

    assert wakings[0] == 15
    assert distances == [30, 60, 120, 240, 240, 240, 240, 240]


async def test_two_rescuers_wake_a_job_once(time: MovingClock) -> None:
    of = world()
    await lost(of)
    time.advance(900)
    other = of.second_worker()

    assert await rescued(of) == ["a"]
    assert await rescued(other) == []


async def test_a_job_that_changed_since_it_was_found_is_left_alone(time: MovingClock) -> None:
    of = world()
    await lost(of)
    time.advance(900)
    really = of.documents.replace

    async def be_overtaken(container: object, body: dict[str, object], etag: str) -> object:
        of.documents.replace = really  # type: ignore[method-assign]
        await of.handle('{"name": "a"}')
        return await really(container, body, etag)  # type: ignore[arg-type]

    of.documents.replace = be_overtaken  # type: ignore[method-assign]

    assert await rescued(of) == []
    assert (await of.job("a")).status == "completed"


async def test_a_rescuer_that_dies_between_touch_and_send_is_made_up_for_by_the_next(time: MovingClock) -> None:
    of = world()
    await killed(of, time)
    time.advance(120)
    of.queues.down = True
    with pytest.raises(Unavailable):
        await rescued(of)
    of.queues.down = False
    of.queues.clear(QUEUE)
    time.advance(120)

    assert await rescued(of) == ["a"]
    assert (await of.deliver()).what == "completed"


async def test_a_kind_whose_gate_is_closed_is_left_alone(time: MovingClock) -> None:
    of = world()
    await lost(of)
    time.advance(900)
    await of.runtime.gates.close("model:small", reason="pause", by="ops", until=time.now + timedelta(minutes=1))

    assert await rescued(of) == []
    assert of.log == ["gate closed"]


async def test_a_kind_whose_gate_is_closed_without_end_is_left_alone(time: MovingClock) -> None:
    of = world()
    await lost(of)
    time.advance(900)
    await of.runtime.gates.close("queue:errand-jobs", reason="pause", by="ops", until=None)

    assert await rescued(of) == []


async def test_a_job_that_does_without_the_closed_dependency_is_woken_and_no_other(time: MovingClock) -> None:
    of = world(needs=Needs("do", {"walk": ()}))
    for body in ('{"name": "a"}', '{"name": "b", "do": "walk"}'):
        await of.producer.enqueue(of.kind, json.loads(body), by="test")
    of.queues.clear(QUEUE)
    time.advance(1200)
    await of.runtime.gates.close("model:small", reason="pause", by="ops", until=None)

    assert await rescued(of) == ["b"]


async def test_a_closed_queue_leaves_all_its_jobs_alone(time: MovingClock) -> None:
    of = world(needs=Needs("do", {"walk": ()}))
    await of.producer.enqueue(of.kind, {"name": "b", "do": "walk"}, by="test")
    of.queues.clear(QUEUE)
    time.advance(1200)
    await of.runtime.gates.close("queue:errand-jobs", reason="pause", by="ops", until=None)

    assert await rescued(of) == []


async def test_a_kind_whose_gate_is_due_is_woken_to_probe_it(time: MovingClock) -> None:
    of = world()
    await lost(of)
    await of.runtime.gates.close("model:small", reason="pause", by="ops", until=time.now + timedelta(minutes=1))
    time.advance(900)

    assert await rescued(of) == ["a"]
    assert (await of.deliver()).what == "completed"
    assert await of.runtime.gates.all() == []


@pytest.mark.parametrize("end", ["completed", "dead", "cancelled"])
async def test_an_ended_job_is_never_woken(end: str, time: MovingClock) -> None:
    of = world()
    if end == "cancelled":
        await lost(of)
        held = await of.records.get((await of.job("a")).key)
        assert held is not None
        await of.interventions.cancel(held)
    elif end == "dead":
        await of.abandoned("a", crashes=5)
        await of.handle('{"name": "a"}')
    else:
        await of.handle('{"name": "a"}')
    time.advance(24 * 3600)

    assert (await of.job("a")).status == end
    assert await rescued(of) == []


async def test_a_dry_run_tells_who_is_overdue_and_changes_nothing(time: MovingClock) -> None:
    of = world()
    await lost(of)
    time.advance(960)

    found = await of.rescue.run(dry_run=True)

    assert [(one.record.key.id, one.overdue) for one in found] == [("a", timedelta(minutes=1))]
    assert of.log == []


async def test_a_cleared_queue_loses_nothing_that_was_recorded(time: MovingClock) -> None:
    of = world()
    names = [f"e{number}" for number in range(20)]
    for name in names:
        await of.producer.enqueue(of.kind, {"name": name}, by="ada")
    of.queues.clear(QUEUE)
    time.advance(900)

    await rescued(of)
    while await of.deliver_one():
        pass

    assert {(await of.job(name)).status for name in names} == {"completed"}
    assert {of.handling.handled(name) for name in names} == {1}


async def test_a_job_whose_message_would_be_too_large_does_not_keep_others_asleep(time: MovingClock) -> None:
    of = world()
    await lost(of)
    held = await of.records.get((await of.job("a")).key)
    assert held is not None
    await of.records.replace(held, replace(held.record, payload={"name": "x" * 70_000}))
    await of.producer.enqueue(of.kind, {"name": "b"}, by="ada")
    time.advance(900)

    assert await rescued(of) == ["b"]
