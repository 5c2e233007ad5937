"""What becomes of a body that can't be used? A dead letter of its own, that touches no job."""

from __future__ import annotations

import base64

import pytest

from shared.jobs.scopes import of_queue
from tests.integration.jobs.worlds import MovingClock, world
from tests.jobs_world import QUEUE

pytestmark = pytest.mark.usefixtures("time")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"hello", "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (b'{"name": "\xe9"}', "not_utf8"),
        (b'{"name": 7}', "invalid_payload"),
        (b"{}", "invalid_payload"),
        (b'{"name": "a", "generation": -1}', "invalid_payload"),
        (b'{"name": "a", "schema_version": 9}', "schema_version"),
        (b'{"name": "' + b"x" * 49152 + b'"}', "too_large"),
    ],
    ids=[
        "empty",
        "words",
        "bytes",
        "Latin-1",
        "wrong type",
        "missing member",
        "generation",
        "newer schema",
        "too large",
    ],
)
async def test_a_body_that_does_not_decode_or_validate_becomes_a_dead_letter(body: bytes, code: str) -> None:
    of = world()
    of.put(body)

    outcome = await of.deliver()
    (dead,) = await of.dead_letters()

    assert (outcome.what, outcome.code) == ("dead", code)
    assert of.log == ["ending told", "job dead", "delete"]
    assert of.handling.calls == []
    assert dead.raw is not None
    assert base64.b64decode(dead.raw) == body
    assert (dead.key.scope, dead.queue, dead.kind, dead.occurrences) == (of_queue(QUEUE), QUEUE, "errand", 1)
    assert dead.reason is not None
    assert (dead.reason.code, dead.reason.error_class) == (code, "BadMessage")


async def test_what_is_wrong_is_shown_at_its_place() -> None:
    of = world()
    await of.handle('{"do": 5}')
    (dead,) = await of.dead_letters()

    assert dead.reason is not None
    assert {place["at"] for place in dead.reason.places} == {"name", "do"}


async def test_the_same_body_again_is_counted_in_one_dead_letter(time: MovingClock) -> None:
    of = world()
    for _ in range(3):
        await of.handle("hello")
        time.advance(10)
    (dead,) = await of.dead_letters()

    assert dead.occurrences == 3
    assert dead.first_failed_at is not None
    assert dead.last_failed_at is not None
    assert (dead.last_failed_at - dead.first_failed_at).total_seconds() == 20


async def test_a_redelivery_of_the_same_message_is_counted_once() -> None:
    of = world()
    of.put("hello")
    delivery = of.queues.receive(QUEUE)
    assert delivery is not None

    for _ in range(2):  # the first time, the host dies before it deletes the message
        await of.runtime.deliver(of.kind, delivery)
    (dead,) = await of.dead_letters()

    assert dead.occurrences == 1


async def test_different_bodies_are_different_dead_letters_grouped_by_cause() -> None:
    of = world()
    await of.handle('{"name": 1}')
    await of.handle('{"name": 2}')
    dead = await of.dead_letters()

    assert len({letter.key.id for letter in dead}) == 2
    assert len({letter.reason.cause for letter in dead if letter.reason}) == 1


async def test_an_invalid_body_touches_no_job_that_it_may_mean() -> None:
    of = world()
    await of.handle('{"name": "a"}')
    before = await of.job("a")

    await of.handle('{"name": "a", "do": 5}')

    assert await of.job("a") == before


async def test_a_store_that_fails_keeps_an_invalid_body_in_the_queue(time: MovingClock) -> None:
    of = world()
    of.documents.fail("job dead")

    outcome = await of.handle("hello")
    of.documents.heal()
    time.advance(60)

    assert outcome.what == "store_failed"
    assert (await of.deliver()).what == "dead"


async def test_a_dead_letter_whose_answer_got_lost_is_written_once() -> None:
    of = world()
    of.documents.fail("job dead", "lost", times=1)

    assert (await of.handle("hello")).what == "dead"
    assert [letter.occurrences for letter in await of.dead_letters()] == [1]


async def test_an_invalid_body_is_buried_though_the_gate_is_closed() -> None:
    of = world()
    await of.runtime.gates.close("queue:errand-jobs", reason="pause", by="ops", until=None)

    assert (await of.handle("hello")).what == "dead"
