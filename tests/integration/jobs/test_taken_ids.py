"""What becomes of a message whose job id, given by its sender, belongs to something else?"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace

import pytest

from shared.documents.compare_and_set import TRIES, change, create_new, write_over_older
from shared.documents.containers import HEARTBEATS, Container
from shared.documents.port import Body, Document
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Conflict, Permanent
from shared.jobs.messages import BadMessage
from shared.jobs.record import JobKey
from shared.jobs.scopes import of_queue
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


async def test_a_user_called_like_a_queue_and_a_job_called_like_a_bodys_hash_are_left_alone(time: MovingClock) -> None:
    of, junk = world(), "no message"
    of.kind = replace(of.kind, identify=lambda errand: JobKey(QUEUE, errand.name))
    name = hashlib.sha256(f"{QUEUE}\0{junk}".encode()).hexdigest()
    await of.handle(json.dumps({"name": name}))

    assert (await of.handle(junk)).what == "dead"

    held = await of.records.get(JobKey(QUEUE, name))
    assert held is not None
    assert (held.record.status, held.record.payload) == ("completed", {"name": name, "do": "ok"})
    (letter,) = await of.dead_letters()
    assert letter.key == JobKey(of_queue(QUEUE), name)
    assert base64.b64decode(letter.raw or "") == junk.encode()


async def test_a_job_called_like_the_hash_of_another_is_a_job_of_its_own(time: MovingClock) -> None:
    of, odd = world(), "a/b"
    hashed = hashlib.sha256(odd.encode()).hexdigest()

    for name in (hashed, odd, hashlib.sha256(hashed.encode()).hexdigest()):
        assert (await of.handle(json.dumps({"name": name}))).what == "completed"

    assert [call[0] for call in of.handling.calls][:2] == [hashed, odd]
    assert len(of.handling.calls) == 3


class Haunted(SqliteDocuments):
    """A store in which something that nobody can read has the places of some ids. `asked` counts the operations."""

    def __init__(self, *places: str) -> None:
        super().__init__(":memory:")
        self.places = places
        self.asked = 0

    async def get(self, container: Container, partition: str, id: str) -> Document | None:
        """See SqliteDocuments."""
        self.asked += 1
        return await super().get(container, partition, id)

    async def create(self, container: Container, body: Body) -> Document:
        """See SqliteDocuments."""
        self.asked += 1
        if body["id"] in self.places:
            raise Conflict(f"Id {body['id']!r} is taken in {container.name}.", dependency="store")
        return await super().create(container, body)


async def test_what_is_in_the_way_and_can_not_be_read_ends_a_compare_and_set_at_once() -> None:
    documents, body = Haunted("a"), {"id": "a"}

    with pytest.raises(Permanent) as written:
        await write_over_older(documents, HEARTBEATS, body, lambda standing: 0)
    with pytest.raises(Permanent) as changed:
        await change(documents, HEARTBEATS, "a", "a", lambda standing: body)

    assert (written.value.code, changed.value.code) == ("id_taken", "id_taken")
    assert documents.asked <= 2 * (1 + 2 * TRIES)


async def test_what_is_deleted_just_after_it_was_in_the_way_is_no_such_thing() -> None:
    documents = Haunted("a")

    async def gone(container: Container, partition: str, id: str) -> Document | None:
        documents.places = ()
        return await SqliteDocuments.get(documents, container, partition, id)

    documents.get = gone  # type: ignore[method-assign]

    assert (await create_new(documents, HEARTBEATS, {"id": "a"})).body == {"id": "a"}


async def test_a_message_whose_jobs_place_is_taken_is_a_dead_letter_at_once(time: MovingClock) -> None:
    of = world(documents=Haunted("a"))

    outcome = await of.handle(ERRAND)

    assert (outcome.what, outcome.code, outcome.error_class) == ("dead", "id_taken", "Permanent")
    (letter,) = await of.dead_letters()
    assert base64.b64decode(letter.raw or "").decode() == ERRAND
    assert of.handling.calls == []


async def test_a_copy_in_the_poison_queue_whose_jobs_place_is_taken_is_a_dead_letter_too(time: MovingClock) -> None:
    of = world(documents=Haunted("a"))

    assert (await of.deliver_poison(ERRAND)).code == "id_taken"


async def test_a_body_that_can_not_even_be_buried_stays_in_its_queue(time: MovingClock) -> None:
    of = world(documents=Haunted(hashlib.sha256(f"{QUEUE}\0no message".encode()).hexdigest()))

    outcome = await of.handle("no message")

    assert (outcome.what, outcome.code) == ("store_failed", "id_taken")
    assert outcome.wait is not None
    assert await of.queues.depth(QUEUE) == 1


async def test_a_producer_of_a_job_whose_place_is_taken_is_told_so(time: MovingClock) -> None:
    of = world(documents=Haunted("a"))

    with pytest.raises(Permanent, match="can't be read"):
        await of.producer.enqueue(of.kind, {"name": "a"}, by="ada")
