"""Is each ending of a recorded job counted, once per generation, whoever dies between event, record and message?"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from shared.documents.containers import JOBS, USAGE_EVENTS
from shared.errors import Permanent
from shared.jobs.kinds import Job, Next
from shared.jobs.record import JobKey
from shared.jobs.record_store import Held
from shared.usage.places import APP
from tests.contended import ContendedDocuments
from tests.forgetting import forgotten
from tests.integration.jobs.worlds import Killed, MovingClock, WatchedWorld, world
from tests.integration.metrics.stores import ProcessDocuments, When
from tests.integration.metrics.worlds import World
from tests.integration.test_contention import services
from tests.jobs_world import QUEUE

ERRAND = '{"name": "a"}'
GONE = Permanent("gone", code="gone")


@pytest.fixture
def jobs(time: MovingClock) -> WatchedWorld:
    """A worker of errands."""
    return world()


async def told(of: WatchedWorld) -> list[str]:
    """Return how the endings that were told say a job ended."""
    found = of.documents.query(USAGE_EVENTS, where=[("kind", "=", "job")], order_by="recordedAt")
    return sorted([event.body["tag"] async for event in found])


async def held(of: WatchedWorld, name: str = "a") -> Held:
    """Return an errand's record as it stands."""
    found = await of.records.get(JobKey("errands", name))
    assert found is not None
    return found


async def test_a_completed_job_is_told_with_its_kind_and_how_it_ended(jobs: WatchedWorld) -> None:
    await jobs.handle(ERRAND)

    (event,) = [found.body async for found in jobs.documents.query(USAGE_EVENTS)]
    assert (event["orgId"], event["kind"], event["project"], event["tag"]) == (APP, "job", "errand", "completed")


async def test_a_dead_job_is_told(jobs: WatchedWorld) -> None:
    jobs.handling.does["a"] = GONE
    await jobs.handle(ERRAND)

    assert await told(jobs) == ["dead"]


async def test_a_cancelled_job_is_told(jobs: WatchedWorld) -> None:
    await jobs.abandoned("a")
    await jobs.interventions.cancel(await held(jobs))

    assert await told(jobs) == ["cancelled"]


async def test_a_job_that_kills_its_worker_is_told(jobs: WatchedWorld) -> None:
    await jobs.abandoned("a", crashes=5)
    await jobs.handle(ERRAND)

    assert await told(jobs) == ["dead"]


async def test_a_repeat_of_an_ended_job_is_no_ending(jobs: WatchedWorld) -> None:
    await jobs.handle(ERRAND)
    await jobs.handle(ERRAND)

    assert await told(jobs) == ["completed"]


async def test_a_job_that_goes_on_as_its_next_generation_has_not_ended(jobs: WatchedWorld, time: MovingClock) -> None:
    async def once_more(job: Job) -> Next | None:
        return Next(time.now - time.now) if job.generation == 0 else None

    jobs.handling.does["a"] = once_more
    await jobs.handle(ERRAND)
    assert await told(jobs) == []
    await jobs.deliver()
    assert await told(jobs) == ["completed"]


async def test_each_generation_is_told_by_itself(jobs: WatchedWorld) -> None:
    jobs.handling.does["a"] = GONE
    await jobs.handle(ERRAND)
    jobs.handling.does.clear()
    await jobs.interventions.replay(await held(jobs))
    await jobs.deliver()

    assert await told(jobs) == ["completed", "dead"]


async def test_a_discarded_dead_letter_is_no_other_ending(jobs: WatchedWorld) -> None:
    jobs.handling.does["a"] = GONE
    await jobs.handle(ERRAND)
    await jobs.interventions.discard(await held(jobs))

    assert await told(jobs) == ["dead"]


async def test_each_message_that_is_no_job_is_told(jobs: WatchedWorld) -> None:
    for _ in range(3):
        await jobs.handle("hello")

    assert await told(jobs) == ["dead"] * 3


async def test_a_message_that_is_no_job_is_told_once_however_often_it_comes(jobs: WatchedWorld) -> None:
    jobs.put("hello")
    delivery = jobs.queues.receive(QUEUE)
    assert delivery is not None
    for _ in range(2):
        await jobs.runtime.deliver(jobs.kind, delivery)

    assert await told(jobs) == ["dead"]


async def test_a_job_that_the_host_gave_up_on_is_told(jobs: WatchedWorld) -> None:
    await jobs.deliver_poison(ERRAND)
    await jobs.deliver_poison(ERRAND)

    assert await told(jobs) == ["dead"]


async def test_a_newer_generation_that_the_host_gave_up_on_is_told_beside_the_ended_one(jobs: WatchedWorld) -> None:
    await jobs.handle(ERRAND)
    await jobs.deliver_poison('{"name": "a", "generation": 1}')

    assert await told(jobs) == ["completed", "dead"]


@pytest.mark.parametrize("body", ["hello", ERRAND])
async def test_what_becomes_of_a_plain_message_is_not_told(time: MovingClock, body: str) -> None:
    of = world(recorded=False)
    for _ in range(2):
        await of.handle(body)
        await of.deliver_poison(body)

    assert await told(of) == []


async def test_a_job_that_ended_while_the_host_gave_up_on_it_stays_told_as_it_ended(time: MovingClock) -> None:
    documents = ProcessDocuments(world().documents)
    of = world(documents=documents)
    other = of.second_worker()

    async def completes_by_a_clock_that_is_behind() -> None:
        time.advance(-1)
        await other.handle(ERRAND)
        time.advance(1)

    documents.meanwhile("create usageEvents", completes_by_a_clock_that_is_behind)
    await of.deliver_poison(ERRAND)

    assert (await of.job("a")).status == "completed"
    assert await told(of) == ["completed"]


async def test_a_job_that_was_cancelled_while_its_worker_completed_it_is_told_as_cancelled(jobs: WatchedWorld) -> None:
    async def cancelled_meanwhile(job: Job) -> None:
        await jobs.interventions.cancel(await held(jobs))

    jobs.handling.does["a"] = cancelled_meanwhile
    await jobs.handle(ERRAND)

    assert (await jobs.job("a")).status == "cancelled"
    assert await told(jobs) == ["cancelled"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, 9))
@pytest.mark.parametrize("ends", ["completed", "dead"])
async def test_whoever_ends_a_job_may_die_anywhere(time: MovingClock, ends: str, number: int, when: When) -> None:
    first = world(documents=(documents := ProcessDocuments(world().documents)))
    first.handling.does["a"] = GONE if ends == "dead" else None
    documents.die(number, when)
    first.put(ERRAND)
    with suppress(Killed):
        await first.deliver()
    second = WatchedWorld(first.kind, first.queues, ProcessDocuments(documents.inner), [], first.handling)
    for _ in range(5):
        time.advance(700)
        if second.queues.next_visible_at(QUEUE) is not None:
            await second.deliver()

    assert (await second.job("a")).status == ends
    assert await told(second) == [ends]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, 9))
async def test_whoever_buries_a_message_may_die_anywhere(time: MovingClock, number: int, when: When) -> None:
    first = world(documents=(documents := ProcessDocuments(world().documents)))
    await first.handle("hello")
    documents.die(number, when)
    first.put("hello")
    with suppress(Killed):
        await first.deliver()
    second = WatchedWorld(first.kind, first.queues, ProcessDocuments(documents.inner), [], first.handling)
    time.advance(700)
    if second.queues.next_visible_at(QUEUE) is not None:
        await second.deliver()

    assert await told(second) == ["dead"] * 2


async def test_an_ending_whose_event_is_always_written_by_others_waits_as_for_a_failing_store(
    time: MovingClock,
) -> None:
    documents = ContendedDocuments()
    of = world(documents=documents)
    documents.contend(USAGE_EVENTS)
    outcome = await of.handle(ERRAND)

    assert (outcome.what, outcome.code) == ("store_failed", "document_contended")
    assert (await of.job("a")).attempts == 0
    documents.contend(USAGE_EVENTS, turns=0)
    time.advance(120)
    assert (await of.deliver()).what == "completed"
    assert await told(of) == ["completed"]


async def test_a_user_who_is_forgotten_is_named_by_no_ending(time: MovingClock) -> None:
    documents = ContendedDocuments()
    of = world(documents=documents)
    of.kind = replace(of.kind, identify=lambda errand: JobKey(errand.name, "a"))
    await of.handle('{"name": "ada"}')
    await forgotten(services(documents), "ada")

    assert await told(of) == ["completed"]
    assert [body for body in [str(e.body) async for e in documents.query(USAGE_EVENTS)] if "ada" in body] == []
    assert [found async for found in documents.query(JOBS)] == []


async def test_ended_jobs_add_up_to_rows_of_the_app(time: MovingClock) -> None:
    store = ContendedDocuments()
    errands = world(documents=store)
    errands.handling.does["bad"] = GONE
    for name in ("a", "b", "bad"):
        await errands.handle(f'{{"name": "{name}"}}')
    await errands.deliver_poison("hello")
    of = World(time, store)
    await of.roll_up()

    assert (await of.rows(APP, "job"))["day|2026-11-23T00:00:00.000Z"] == {
        ("jobs_ended", "errand", "completed"): (2, 2, 1, 1),
        ("jobs_ended", "errand", "dead"): (2, 2, 1, 1),
    }
