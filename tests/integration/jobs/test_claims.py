"""How does a worker keep a job, and what may it still do once it lost it?"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.documents.containers import JOBS
from shared.jobs.kinds import Job, Next, Policy
from shared.jobs.outcome import Deferred
from shared.jobs.record import JobKey
from tests.integration.jobs.worlds import Killed, MovingClock, WatchedWorld, world
from tests.jobs_world import QUEUE
from tests.patience import until

ERRAND = '{"name": "a"}'


async def held_by(of: WatchedWorld, name: str) -> tuple[str, str]:
    """Return the record's ETag and token, to tell whether anybody wrote."""
    held = await of.records.get(JobKey("errands", name))
    assert held is not None
    return held.etag, held.record.claim.token if held.record.claim else ""


async def test_a_claim_lasts_60_seconds_and_others_wait_for_its_end(time: MovingClock) -> None:
    of = world()
    await of.abandoned("a", claim_ends_in=60)
    before = await held_by(of, "a")
    time.advance(20)

    outcome = await of.handle(ERRAND)

    assert (outcome.what, outcome.wait) == ("deferred", timedelta(seconds=40))
    assert of.handling.calls == []
    assert await held_by(of, "a") == before


async def test_a_claim_is_made_for_60_seconds(time: MovingClock) -> None:
    of = world()
    seen = []

    async def look(job: Job) -> None:
        seen.append((await of.job("a")).claim)

    of.handling.does["a"] = look
    await of.handle(ERRAND)

    assert [claim.until - time.now for claim in seen if claim] == [timedelta(seconds=60)]


async def test_a_claim_never_goes_beyond_the_deliverys_deadline(time: MovingClock) -> None:
    of = world(policy=Policy(deadline=timedelta(seconds=20)))
    seen = []

    async def look(job: Job) -> None:
        seen.append((await of.job("a")).claim)

    of.handling.does["a"] = look
    await of.handle(ERRAND)

    assert [claim.until - time.now for claim in seen if claim] == [timedelta(seconds=20)]


async def test_a_claim_is_renewed_while_the_handler_runs() -> None:
    of = world(policy=Policy(claim=timedelta(seconds=0.3), deadline=timedelta(seconds=60)))

    async def outlast_the_claim(job: Job) -> None:
        began = clock.now()

        async def renewed() -> bool:
            claim = (await of.job("a")).claim
            return claim is not None and claim.until > began + timedelta(seconds=0.6)

        await until(renewed, "two renewals")

    of.handling.does["a"] = outlast_the_claim

    assert (await of.handle(ERRAND)).what == "completed"
    assert of.log.count("job running") >= 3


async def test_a_renewal_that_fails_is_tried_again() -> None:
    of = world(policy=Policy(claim=timedelta(seconds=1.5), deadline=timedelta(seconds=60)))

    async def wait_for_a_renewal(job: Job) -> None:
        of.documents.fail("job running", times=3)
        await until(lambda: of.log.count("job running") >= 2, "a renewal")

    of.handling.does["a"] = wait_for_a_renewal

    assert (await of.handle(ERRAND)).what == "completed"


async def test_a_worker_that_lost_its_claim_writes_nothing_more_and_defers(time: MovingClock) -> None:
    of = world()
    other = of.second_worker()

    async def sleep_too_long(job: Job) -> None:
        if len(of.handling.calls) == 1:
            time.advance(61)
            of.put(ERRAND)
            assert (await other.deliver()).what == "completed"
            of.log.clear()

    of.handling.does["a"] = sleep_too_long
    outcome = await of.handle(ERRAND)

    assert (outcome.what, outcome.wait) == ("lost", timedelta(seconds=5))
    assert of.log == ["effect", "ending told", "postpone"]
    assert (await of.job("a")).status == "completed"


async def test_a_worker_does_not_end_a_job_that_another_is_at_work_on(time: MovingClock) -> None:
    of = world()
    other = of.second_worker()
    entered, leave = asyncio.Event(), asyncio.Event()
    others = []

    async def be_overtaken(job: Job) -> None:
        if of.handling.handled("a") == 1:
            time.advance(61)
            of.put(ERRAND)
            others.append(asyncio.create_task(other.deliver()))
            await entered.wait()
        else:
            entered.set()
            await leave.wait()

    of.handling.does["a"] = be_overtaken
    outcome = await of.handle(ERRAND)
    meanwhile = await of.job("a")
    leave.set()

    assert (outcome.what, meanwhile.status, meanwhile.crashes) == ("lost", "running", 1)
    assert (await others[0]).what == "completed"


@pytest.mark.parametrize("then", [None, Next(timedelta(seconds=5))], ids=["returns", "asks for a next look"])
async def test_a_worker_whose_job_was_cancelled_does_not_revive_it(then: Next | None, time: MovingClock) -> None:
    of = world()

    async def be_cancelled(job: Job) -> Next | None:
        held = await of.records.get(job.key)
        assert held is not None
        await of.interventions.cancel(held, why="not wanted")
        return then

    of.handling.does["a"] = be_cancelled
    outcome = await of.handle(ERRAND)
    cancelled = await of.job("a")
    time.advance(10)
    later = [await of.deliver() for _ in range(len(of.queues.sent) + 1)]

    assert outcome.what == "lost"
    assert (cancelled.status, cancelled.generation) == ("cancelled", 1)
    assert {found.what for found in later} == {"ended"}
    assert (await of.job("a")).status == "cancelled"


async def test_a_renewal_that_finds_the_claim_gone_cuts_the_handler_off() -> None:
    of = world(policy=Policy(claim=timedelta(seconds=1.5), deadline=timedelta(seconds=60)))
    cut_off = []

    async def be_cancelled_and_wait(job: Job) -> None:
        held = await of.records.get(job.key)
        assert held is not None
        await of.interventions.cancel(held)
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cut_off.append(job.key.id)
            raise

    of.handling.does["a"] = be_cancelled_and_wait

    assert (await of.handle(ERRAND)).what == "lost"
    assert cut_off == ["a"]


async def test_a_purged_job_is_lost_to_its_worker(time: MovingClock) -> None:
    of = world()

    async def be_purged(job: Job) -> None:
        held = await of.records.get(job.key)
        assert held is not None
        await of.documents.delete(JOBS, job.key.scope, job.key.id, held.etag)

    of.handling.does["a"] = be_purged

    assert (await of.handle(ERRAND)).what == "lost"
    assert await of.record("a") is None


async def test_the_deadline_cuts_the_handler_off_and_spends_an_attempt() -> None:
    of = world(policy=Policy(deadline=timedelta(seconds=0.2)))
    of.handling.does["a"] = lambda job: asyncio.sleep(30)

    outcome = await of.handle(ERRAND)
    waiting = await of.job("a")

    assert (outcome.what, outcome.error_class, outcome.code) == ("retry", "Transient", "deadline")
    assert (waiting.status, waiting.attempts, waiting.claim) == ("waiting", 1, None)


async def test_the_deadline_of_the_last_attempt_is_the_end() -> None:
    of = world(policy=Policy(deadline=timedelta(seconds=0.2), max_attempts=1))
    of.handling.does["a"] = lambda job: asyncio.sleep(30)
    await of.handle(ERRAND)
    dead = await of.job("a")

    assert (dead.status, dead.attempts) == ("dead", 1)
    assert dead.reason is not None
    assert dead.reason.code == "deadline"


async def test_a_stopping_worker_gives_its_job_back_at_once() -> None:
    of = world()
    of.handling.does["a"] = lambda job: asyncio.sleep(30)
    of.put(ERRAND)
    delivery = of.queues.receive(QUEUE)
    assert delivery is not None
    handling = asyncio.create_task(of.runtime.deliver(of.kind, delivery))
    await until(lambda: of.handling.calls != [], "the handler")

    handling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await handling
    released = await of.job("a")
    of.handling.does["a"] = None

    assert (released.status, released.claim, released.attempts, released.crashes) == ("waiting", None, 0, 0)
    assert released.timeline[-1]["what"] == "released"
    assert (await of.deliver()).what == "completed"


async def test_a_stopping_worker_that_cannot_give_its_job_back_still_stops() -> None:
    of = world()
    of.handling.does["a"] = lambda job: asyncio.sleep(30)
    of.put(ERRAND)
    delivery = of.queues.receive(QUEUE)
    assert delivery is not None
    handling = asyncio.create_task(of.runtime.deliver(of.kind, delivery))
    await until(lambda: of.handling.calls != [], "the handler")
    of.documents.fail("job waiting")

    handling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await handling

    assert (await of.job("a")).status == "running"


async def test_a_killed_worker_leaves_its_claim_and_its_message(time: MovingClock) -> None:
    of = world()
    of.handling.does["a"] = Killed()
    of.put(ERRAND)

    with pytest.raises(Killed):
        await of.deliver()

    assert (await of.job("a")).status == "running"
    assert "delete" not in of.log


async def test_twenty_deliveries_of_one_job_at_once_handle_it_once() -> None:
    of = world()
    entered = asyncio.Event()
    leave = asyncio.Event()

    async def hold(job: Job) -> None:
        entered.set()
        await leave.wait()

    of.handling.does["a"] = hold
    for _ in range(20):
        of.put(ERRAND)
    deliveries = [of.queues.receive(QUEUE) for _ in range(20)]
    tasks = [asyncio.create_task(of.runtime.deliver(of.kind, one)) for one in deliveries if one is not None]
    await entered.wait()
    await until(lambda: sum(task.done() for task in tasks) == 19, "nineteen deferrals")
    leave.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)

    assert of.handling.handled("a") == 1
    assert sum(isinstance(result, Deferred) for result in results) == 19


async def test_a_renewal_that_finds_the_claim_gone_when_the_handler_is_through_is_no_error_of_the_handler(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = world(policy=Policy(claim=timedelta(seconds=1.5)))
    renewing, through = asyncio.Event(), asyncio.Event()
    replace = of.documents.replace

    async def slow_replace(container: Any, body: Any, etag: str) -> Any:
        renewing.set()
        await through.wait()
        return await replace(container, body, etag)

    async def cancelled_while_renewing(job: Job) -> None:
        held = await of.records.get(job.key)
        assert held is not None
        await of.interventions.cancel(held)
        monkeypatch.setattr(of.documents, "replace", slow_replace)
        await renewing.wait()
        asyncio.get_running_loop().call_later(0.02, through.set)

    of.handling.does["a"] = cancelled_while_renewing

    assert (await of.handle(ERRAND)).what == "lost"
    assert not [line for line in caplog.records if line.exc_info]
