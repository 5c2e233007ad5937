"""The pipeline from a message to an ended record, in one process."""

from datetime import timedelta

from shared.errors import Permanent, RateLimited, Transient
from shared.jobs.kinds import Job, Next
from tests.jobs_world import Errand, World, errand_kind


async def handle(job: Job, errand: Errand) -> Next | None:
    if errand.do == "permanent":
        raise Permanent("no such thing", code="gone")
    if errand.do == "transient":
        raise Transient("later", code="later")
    if errand.do == "limited":
        raise RateLimited("slow", dependency="model:small", retry_after=timedelta(seconds=30))
    if errand.do == "next" and job.generation == 0:
        return Next(timedelta(seconds=5))
    return None


async def test_a_message_becomes_a_completed_job() -> None:
    world = World(errand_kind(handle))
    world.put('{"name": "a"}')
    outcome = await world.deliver_one()
    record = await world.record("a")
    assert outcome is not None
    assert outcome.what == "completed"
    assert record is not None
    assert record.status == "completed"
    assert await world.queues.depth("errand-jobs") == 0


async def test_each_class_of_failure_has_its_ending() -> None:
    world = World(errand_kind(handle))
    for do in ("permanent", "transient", "next", "limited"):
        world.put(f'{{"name": "{do}", "do": "{do}"}}')
    outcomes = [o.what for _ in range(4) if (o := await world.deliver_one())]
    statuses = {do: (await world.record(do)).status for do in ("permanent", "transient", "limited", "next")}  # type: ignore[union-attr]
    assert outcomes == ["dead", "retry", "next", "held"]
    assert statuses == {"permanent": "dead", "transient": "waiting", "limited": "waiting", "next": "waiting"}


async def test_a_malformed_body_becomes_a_dead_record() -> None:
    world = World(errand_kind(handle))
    world.put("not json at all")
    outcome = await world.deliver_one()
    assert outcome is not None
    assert outcome.what == "dead"
    assert outcome.code == "not_json"
