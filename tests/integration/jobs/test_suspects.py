"""What happens to a job that was being worked on when its worker died?"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from shared.errors import Permanent, RateLimited, Transient
from shared.jobs import runtime
from shared.jobs.kinds import Job
from tests.integration.jobs.worlds import Killed, MovingClock, WatchedWorld, world
from tests.patience import until


async def kill_worker_with(of: WatchedWorld, time: MovingClock) -> None:
    """Deliver the next message to a worker that dies of it; then let its claim run out."""
    with pytest.raises(Killed):
        await of.deliver()
    of.runtime = of.second_worker().runtime
    time.advance(601)  # the host's visibility


async def test_a_claim_found_over_counts_a_crash(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Killed()
    of.put('{"name": "a"}')

    crashes = []
    for _ in range(3):
        await kill_worker_with(of, time)
        crashes.append((await of.job("a")).crashes)

    assert crashes == [0, 1, 2]


async def test_the_sixth_crash_ends_the_job_that_kills_its_worker(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Killed()
    of.put('{"name": "a"}')
    for _ in range(6):
        await kill_worker_with(of, time)

    outcome = await of.deliver()
    dead = await of.job("a")

    assert of.handling.handled("a") == 6
    assert (outcome.what, outcome.code) == ("dead", "kills_its_worker")
    assert (dead.status, dead.crashes, dead.generation, dead.claim) == ("dead", 6, 1, None)
    assert dead.reason is not None
    assert "6 crashes in a row" in dead.reason.message
    assert of.log[-2:] == ["job dead", "delete"]


async def test_the_sixth_crash_ends_the_job_before_a_closed_gate_is_asked(time: MovingClock) -> None:
    of = world()
    await of.abandoned("a", crashes=5)
    await of.runtime.gates.close("queue:errand-jobs", reason="pause", by="ops", until=None)

    assert (await of.handle('{"name": "a"}')).what == "dead"


async def test_the_sixth_crash_ends_the_job_before_the_slot_is_asked(time: MovingClock) -> None:
    of = world()
    await of.abandoned("a", crashes=5)
    async with of.runtime._suspect_slot:
        assert (await of.handle('{"name": "a"}')).what == "dead"


@pytest.mark.parametrize(
    ("doing", "crashes"),
    [(None, 0), (Transient("busy"), 0), (Permanent("gone"), 0), (RateLimited("slow", dependency="model:small"), 1)],
    ids=["returns", "transient", "permanent", "rate limited"],
)
async def test_an_orderly_ending_other_than_a_closed_gate_clears_crashes(
    doing: Exception | None, crashes: int, time: MovingClock
) -> None:
    of = world()
    await of.abandoned("a")
    of.handling.does["a"] = doing

    await of.handle('{"name": "a"}')

    assert (await of.job("a")).crashes == crashes


async def two_suspects(of: WatchedWorld) -> tuple[asyncio.Task[object], asyncio.Event]:
    """Leave suspects a and b, and a's handler at work until the event is set."""
    leave = asyncio.Event()

    async def hold(job: Job) -> None:
        await leave.wait()

    for name in ("a", "b"):
        await of.abandoned(name)
        of.put(f'{{"name": "{name}"}}')
    of.handling.does["a"] = hold
    first = asyncio.create_task(of.deliver())
    await until(lambda: of.handling.handled("a") == 1, "the first suspect")
    of.log.clear()
    return first, leave


async def test_a_second_suspect_waits_for_the_slot_then_defers_5_seconds_and_writes_nothing(
    time: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert timedelta(seconds=30) == runtime.SLOT_PATIENCE
    monkeypatch.setattr(runtime, "SLOT_PATIENCE", timedelta(seconds=0.05))
    of = world()
    first, leave = await two_suspects(of)

    outcome = await of.deliver()

    assert (outcome.what, outcome.why, outcome.wait) == ("deferred", "suspect slot taken", timedelta(seconds=5))
    assert of.log == ["postpone"]
    assert of.handling.handled("b") == 0
    leave.set()
    await first


async def test_a_second_suspect_runs_when_the_first_has_left_the_slot(time: MovingClock) -> None:
    of = world()
    first, leave = await two_suspects(of)
    second = asyncio.create_task(of.deliver())
    await asyncio.sleep(0)
    leave.set()
    await first

    outcome = await second

    assert outcome.what == "completed"
    first, second = ["effect", "ending told", "job completed", "delete"], ["job running", "effect"]
    assert of.log == [*first, *second, "ending told", "job completed", "delete"]


async def test_fresh_jobs_run_beside_a_suspect(time: MovingClock) -> None:
    of = world()
    first, leave = await two_suspects(of)
    of.queues.clear("errand-jobs")

    outcome = await of.handle('{"name": "fresh"}')

    assert outcome.what == "completed"
    leave.set()
    await asyncio.wait([first])
    first.exception()  # its message was cleared under it


async def test_another_process_has_a_slot_of_its_own(time: MovingClock) -> None:
    of = world()
    first, leave = await two_suspects(of)

    assert (await of.second_worker().deliver()).what == "completed"
    leave.set()
    await first


async def test_a_suspect_that_ends_badly_leaves_the_slot(time: MovingClock) -> None:
    of = world()
    await of.abandoned("a")
    of.handling.does["a"] = Transient("busy")
    await of.handle('{"name": "a"}')

    assert not of.runtime._suspect_slot.locked()


async def test_neighbours_of_a_killer_complete(time: MovingClock) -> None:
    of = world()
    names = [f"n{number}" for number in range(5)]
    of.handling.does["killer"] = Killed()

    for name in ("killer", *names):
        of.put(f'{{"name": "{name}"}}')
    while await of.queues.depth("errand-jobs"):
        try:
            if await of.deliver_one() is None:
                time.advance(60)
        except Killed:
            of.runtime = of.second_worker().runtime

    assert (await of.job("killer")).status == "dead"
    assert {(await of.job(name)).status for name in names} == {"completed"}
    assert {name: of.handling.handled(name) for name in names} == dict.fromkeys(names, 1)
