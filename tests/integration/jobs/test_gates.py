"""Who may use a dependency that is closed, and who tries it again?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.errors import Misconfigured, Permanent, RateLimited, Transient, Unavailable
from shared.jobs.gates import PROBE_MARGIN, PROBED_LOOK, Gate, Gates
from shared.jobs.kinds import Job, Needs, Policy
from tests.integration.jobs.worlds import Doing, Killed, MovingClock, WatchedWorld, world

MODEL = "model:small"
MINUTE = timedelta(minutes=1)
PROBE = Policy().deadline + PROBE_MARGIN


def limited(seconds: float | None) -> RateLimited:
    """Return a model's 429; `seconds` is its Retry-After."""
    return RateLimited(
        "slow down", dependency=MODEL, retry_after=None if seconds is None else timedelta(seconds=seconds)
    )


WALKS = Needs("do", {"walk": ()})
"""An errand that is a walk asks no model; any other one may."""


async def closed(of: WatchedWorld, time: MovingClock, seconds: float) -> Gate:
    """Close the model's gate by a 429 that says `seconds`; forget how."""
    gate = await of.runtime.gates.close_after(MODEL, limited(seconds), time.now, "job before")
    of.log.clear()
    return gate


async def the_gate(of: WatchedWorld) -> Gate:
    """Return the only gate that isn't open."""
    (gate,) = await of.runtime.gates.all()
    return gate


async def test_a_closed_gate_defers_a_job_until_it_is_due_and_writes_nothing(time: MovingClock) -> None:
    of = world()
    await closed(of, time, 60)

    outcome = await of.handle('{"name": "a"}')

    assert (outcome.what, outcome.wait) == ("deferred", timedelta(seconds=60))
    assert of.log == ["postpone"]
    assert await of.record("a") is None


async def test_a_message_without_a_record_that_waits_longer_is_noted_after_it_was_deferred(time: MovingClock) -> None:
    of = world()
    await closed(of, time, 90)

    await of.handle('{"name": "a"}')

    assert of.log == ["postpone", "heldMessages"]
    assert await of.record("a") is None


async def test_a_gate_holds_all_workers(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = limited(30)
    await of.handle('{"name": "a"}')

    assert (await of.second_worker().handle('{"name": "b"}')).wait == timedelta(seconds=30)
    assert of.handling.handled("b") == 0


async def test_a_gate_that_another_process_closes_is_seen_within_2_seconds(time: MovingClock) -> None:
    of = world()
    await of.handle('{"name": "a"}')
    await of.second_worker().runtime.gates.close(MODEL, reason="pause", by="ops", until=None)

    time.advance(1.9)
    before = await of.handle('{"name": "b"}')
    time.advance(0.1)
    after = await of.handle('{"name": "c"}')

    assert (before.what, after.what) == ("completed", "deferred")


async def test_a_gate_closed_without_end_is_looked_at_every_5_minutes(time: MovingClock) -> None:
    of = world()
    await of.runtime.gates.close("queue:errand-jobs", reason="pause", by="ops", until=None)

    assert (await of.handle('{"name": "a"}')).wait == timedelta(minutes=5)


async def test_a_gate_opened_by_hand_lets_jobs_through(time: MovingClock) -> None:
    of = world()
    await of.runtime.gates.close("queue:errand-jobs", reason="pause", by="ops", until=None)
    await of.handle('{"name": "a"}')

    assert await of.runtime.gates.open("queue:errand-jobs")
    time.advance(300)

    assert (await of.deliver()).what == "completed"


async def test_the_probe_of_a_due_gate_keeps_others_away_who_look_again_soon(time: MovingClock) -> None:
    of = world()
    await closed(of, time, 30)
    time.advance(31)
    beside, dues = [], []

    async def meet_another(job: Job) -> None:
        beside.append(await of.second_worker().handle('{"name": "b"}'))
        dues.append((await the_gate(of)).due)

    of.handling.does["a"] = meet_another
    await of.handle('{"name": "a"}')

    assert [(other.what, other.wait) for other in beside] == [("deferred", PROBED_LOOK)]
    assert dues == [time.now + PROBE]


async def test_a_rate_limit_seen_beside_a_probe_is_waited_out_as_told_not_until_the_probers_deadline(
    time: MovingClock,
) -> None:
    of = world()
    await closed(of, time, 30)
    time.advance(31)

    async def see_another_limited(job: Job) -> None:
        error = limited(10)
        assert isinstance(error, RateLimited)
        await of.runtime.gates.close_after(MODEL, error, time.now, by="job b")

    of.handling.does["a"] = see_another_limited
    await of.handle('{"name": "a"}')

    assert (await the_gate(of)).due == time.now + timedelta(seconds=10)


async def test_one_of_two_workers_that_saw_the_same_due_gate_wins_the_probe(time: MovingClock) -> None:
    of = world()
    gate = await closed(of, time, 30)
    time.advance(31)
    gates = Gates(of.documents)

    won = [await gates.win_probe(gate, time.now + MINUTE), await gates.win_probe(gate, time.now + MINUTE)]

    assert [probe is not None for probe in won] == [True, False]


async def test_a_probes_success_opens_the_gate(time: MovingClock) -> None:
    of = world()
    await closed(of, time, 30)
    time.advance(31)

    await of.handle('{"name": "a"}')

    assert of.log == ["gate closed", "job running", "effect", "gate gone", "ending told", "job completed", "delete"]
    assert await of.runtime.gates.all() == []


async def test_a_gate_that_was_closed_since_is_not_opened_by_an_older_probe(time: MovingClock) -> None:
    of = world()
    await closed(of, time, 30)
    time.advance(31)

    async def see_it_closed(job: Job) -> None:
        await of.second_worker().runtime.gates.close(MODEL, reason="bill unpaid", by="ops", until=None)

    of.handling.does["a"] = see_it_closed
    outcome = await of.handle('{"name": "a"}')
    gate = await the_gate(of)

    assert outcome.what == "completed"
    assert (gate.reason, gate.due) == ("bill unpaid", None)


@pytest.mark.parametrize(
    "doing",
    [Transient("busy"), Permanent("gone"), Unavailable("down")],
    ids=["transient", "permanent", "the store fails"],
)
async def test_a_probe_that_fails_for_another_reason_leaves_the_gate_due_for_the_next(
    doing: Doing, time: MovingClock
) -> None:
    of = world()
    await closed(of, time, 30)
    time.advance(31)
    of.handling.does["a"] = doing

    await of.handle('{"name": "a"}')

    assert (await the_gate(of)).due_at(time.now)
    assert (await of.handle('{"name": "b"}')).what == "completed"


async def test_a_probe_whose_worker_dies_leaves_the_gate_due_again_after_its_deadline(time: MovingClock) -> None:
    of = world()
    await closed(of, time, 30)
    time.advance(31)
    of.handling.does["a"] = Killed()
    with pytest.raises(Killed):
        await of.handle('{"name": "a"}')

    assert (await the_gate(of)).due == time.now + PROBE


async def test_a_probe_that_is_limited_again_sets_the_gate_anew_as_told(time: MovingClock) -> None:
    of = world()
    await closed(of, time, 30)
    time.advance(31)
    of.handling.does["a"] = limited(10)

    outcome = await of.handle('{"name": "a"}')

    assert (outcome.what, outcome.wait) == ("held", timedelta(seconds=10))
    assert (await the_gate(of)).due == time.now + timedelta(seconds=10)


async def test_a_probe_of_one_gate_that_is_limited_at_another_leaves_the_first_due(time: MovingClock) -> None:
    of = world()
    await of.runtime.gates.close("queue:errand-jobs", reason="pause", by="ops", until=time.now + MINUTE)
    time.advance(61)
    of.handling.does["a"] = limited(10)

    await of.handle('{"name": "a"}')
    gates = {gate.name: gate for gate in await of.runtime.gates.all()}

    assert gates[MODEL].due == time.now + timedelta(seconds=10)
    assert gates["queue:errand-jobs"].due_at(time.now)


async def test_two_due_gates_are_probed_together_and_opened_together(time: MovingClock) -> None:
    of = world()
    await closed(of, time, 30)
    await of.runtime.gates.close("queue:errand-jobs", reason="pause", by="ops", until=time.now + MINUTE)
    time.advance(61)

    assert (await of.handle('{"name": "a"}')).what == "completed"
    assert await of.runtime.gates.all() == []


@pytest.mark.parametrize(
    "error", [limited(None), Misconfigured("no such deployment", dependency=MODEL)], ids=["untold 429", "misconfigured"]
)
async def test_a_dependency_that_stays_away_is_tried_after_1_minute_doubling_to_15(
    error: Exception, time: MovingClock
) -> None:
    of = world()
    of.handling.does["a"] = error
    of.put('{"name": "a"}')

    waits = []
    for _ in range(6):
        outcome = await of.deliver()
        assert (outcome.what, outcome.wait is not None) == ("held", True)
        assert outcome.wait is not None
        waits.append(outcome.wait / MINUTE)
        time.advance(outcome.wait.total_seconds())

    assert waits == [1, 2, 4, 8, 15, 15]
    assert (await of.job("a")).attempts == 0


async def test_a_gate_that_was_opened_by_a_success_begins_at_1_minute_again(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = limited(None)
    await of.handle('{"name": "a"}')
    time.advance(61)
    of.handling.does["a"] = None
    await of.deliver()
    of.handling.does["b"] = limited(None)

    assert (await of.handle('{"name": "b"}')).wait == MINUTE


async def test_handlings_that_were_on_their_way_when_the_gate_closed_do_not_double_it(time: MovingClock) -> None:
    of = world()
    began = time.now
    gates = of.runtime.gates
    time.advance(1)

    dues = [(await gates.close_after(MODEL, limited(None), began, f"job {n}")).due for n in range(16)]

    assert set(dues) == {time.now + MINUTE}


async def test_a_shorter_time_never_shortens_a_closing(time: MovingClock) -> None:
    of = world()
    await closed(of, time, 600)

    gate = await of.runtime.gates.close_after(MODEL, limited(5), time.now, "job b")

    assert gate.due == time.now + timedelta(seconds=600)


async def test_a_gate_closed_by_hand_without_end_stays_so_whatever_jobs_meet(time: MovingClock) -> None:
    of = world()
    await of.runtime.gates.close(MODEL, reason="bill unpaid", by="ops", until=None)

    gate = await of.runtime.gates.close_after(MODEL, limited(5), time.now, "job b")

    assert (gate.due, gate.reason, gate.by) == (None, "bill unpaid", "ops")


async def test_an_error_of_no_known_dependency_closes_the_kinds_own_queue(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Misconfigured("a setting is wrong")

    await of.handle('{"name": "a"}')

    assert (await the_gate(of)).name == "queue:errand-jobs"


async def test_a_gate_says_why_by_whom_and_since_when_it_is_closed(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = limited(30)

    await of.handle('{"name": "a"}')
    gate = await the_gate(of)

    assert (gate.reason, gate.by, gate.closed_at) == ("RateLimited: slow down", "job a", time.now)


async def test_another_kinds_gate_holds_nothing_here(time: MovingClock) -> None:
    of = world()
    await of.runtime.gates.close("model:large", reason="pause", by="ops", until=None)

    assert (await of.handle('{"name": "a"}')).what == "completed"


async def test_a_job_that_does_without_a_closed_dependency_is_not_held(time: MovingClock) -> None:
    of = world(needs=WALKS)
    await closed(of, time, 90)

    asks, walks = await of.handle('{"name": "a"}'), await of.handle('{"name": "b", "do": "walk"}')

    assert (asks.what, walks.what) == ("deferred", "completed")


async def test_a_job_that_does_without_a_due_dependency_does_not_probe_it(time: MovingClock) -> None:
    of = world(needs=WALKS)
    gate = await closed(of, time, 30)
    time.advance(31)

    await of.handle('{"name": "b", "do": "walk"}')

    assert await of.runtime.gates.all() == [gate]


async def test_the_queues_own_gate_holds_jobs_that_need_nothing_else(time: MovingClock) -> None:
    of = world(needs=WALKS)
    await of.runtime.gates.close("queue:errand-jobs", reason="pause", by="ops", until=None)

    assert (await of.handle('{"name": "b", "do": "walk"}')).what == "deferred"


async def test_a_job_needs_what_its_record_says_whatever_a_later_message_says(time: MovingClock) -> None:
    of = world(needs=WALKS)
    of.handling.does["a"] = limited(90)
    await of.handle('{"name": "a"}')
    time.advance(80)

    assert (await of.handle('{"name": "a", "do": "walk"}')).what == "deferred"
    time.advance(11)
    of.handling.does["a"] = None
    assert (await of.deliver()).what == "completed"
    assert await of.runtime.gates.all() == []


async def test_a_newer_generation_needs_what_its_own_message_says(time: MovingClock) -> None:
    of = world(needs=WALKS)
    await of.handle('{"name": "a"}')
    await closed(of, time, 90)

    assert (await of.handle('{"name": "a", "do": "walk", "generation": 1}')).what == "completed"


async def test_a_job_that_fails_at_what_it_should_have_done_without_closes_that_gate(time: MovingClock) -> None:
    of = world(needs=WALKS)
    of.handling.does["b"] = limited(30)

    await of.handle('{"name": "b", "do": "walk"}')

    assert (await the_gate(of)).name == MODEL
