"""What becomes of a message whose job id, given by its sender, belongs to something else?"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from shared.documents.compare_and_set import write_over_older
from shared.documents.containers import HEARTBEATS, JOBS
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Permanent, Transient
from shared.jobs.messages import BadMessage
from tests.integration.jobs.worlds import MovingClock, WatchedWorld, world
from tests.jobs_world import QUEUE

ERRAND = '{"name": "a"}'


@pytest.fixture
async def of(time: MovingClock) -> WatchedWorld:
    """A world in which errand a of another kind is dead."""
    taken = world()
    taken.handling.does["a"] = Permanent("no")
    taken.kind = replace(taken.kind, name="chore")
    await taken.handle(ERRAND)
    taken.kind = replace(taken.kind, name="errand")
    taken.handling.does.clear()
    taken.handling.calls.clear()
    time.advance(60)
    return taken


async def test_an_id_that_a_job_of_another_kind_has_makes_a_dead_letter_and_leaves_that_job_alone(
    of: WatchedWorld,
) -> None:
    before = await of.job("a")

    outcome = await of.handle(ERRAND)

    assert (outcome.what, outcome.code) == ("dead", "id_taken")
    assert await of.job("a") == before
    assert of.handling.calls == []
    assert len(await of.dead_letters()) == 2


async def test_a_copy_in_the_poison_queue_leaves_a_job_of_another_kind_alone(of: WatchedWorld) -> None:
    before = await of.job("a")

    outcome = await of.deliver_poison('{"name": "a", "generation": 9}')

    assert (outcome.what, outcome.code) == ("dead", "id_taken")
    assert await of.job("a") == before


async def test_a_producer_is_told_that_the_id_is_taken(of: WatchedWorld) -> None:
    with pytest.raises(BadMessage, match="taken"):
        await of.producer.enqueue(of.kind, {"name": "a"}, by="ada")

    assert of.queues.sent == []


async def test_an_effect_whose_id_is_the_hash_of_anothers_does_not_stall_the_worker() -> None:
    documents = SqliteDocuments(":memory:")
    await documents.create(HEARTBEATS, {"id": "a/b"})

    with pytest.raises(Transient):
        await write_over_older(documents, HEARTBEATS, {"id": hashlib.sha256(b"a/b").hexdigest()}, lambda body: 0)


async def test_a_body_whose_hash_is_taken_by_an_odd_id_does_not_stall_the_worker() -> None:
    of = world()
    body = "no message"
    await of.documents.create(JOBS, {"id": f"{QUEUE}\0{body}", "scope": QUEUE, "status": "dead"})

    assert (await of.handle(body)).what == "store_failed"
