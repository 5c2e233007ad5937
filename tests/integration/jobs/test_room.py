"""Can whatever was accepted be sent again, however large it is?"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import Permanent, Transient
from shared.jobs import scopes
from shared.jobs.kinds import Job, Next
from shared.jobs.messages import MAX_ACCEPTED, MAX_SENT, BadMessage
from shared.jobs.record import JobKey
from shared.queues.storage import StorageQueues
from tests.azurite import Azurite
from tests.integration.jobs.worlds import MovingClock, WatchedWorld, world
from tests.jobs_world import QUEUE

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def largest(**more: str) -> str:
    """Return errand a's message, as large as is taken."""
    empty = json.dumps({"name": "a", **more, "do": ""})
    return json.dumps({"name": "a", **more, "do": "x" * (MAX_ACCEPTED - len(empty))})


@pytest.fixture
def of(time: MovingClock) -> WatchedWorld:
    """A world of errands."""
    return world()


@pytest.mark.parametrize("trace", [TRACE, "0" * 40_000], ids=["a trace", "a long one that is none"])
async def test_a_largest_body_that_waits_and_loses_its_message_is_woken(
    trace: str, of: WatchedWorld, time: MovingClock
) -> None:
    of.handling.does["a"] = Transient("busy")
    await of.handle(largest(traceparent=trace))
    of.handling.does["a"] = None
    of.queues.clear(QUEUE)
    time.advance(3600)

    rescued = await of.rescue.run()

    assert [found.record.key.id for found in rescued] == ["a"]
    assert (await of.deliver()).what == "completed"


async def test_one_that_a_record_has_with_a_long_trace_from_before_is_woken(
    of: WatchedWorld, time: MovingClock
) -> None:
    await of.producer.enqueue(of.kind, json.loads(largest()), by="ada")
    held = await of.records.get((await of.job("a")).key)
    assert held is not None
    await of.records.replace(held, replace(held.record, traceparent="0" * 40_000))
    of.queues.clear(QUEUE)
    time.advance(3600)

    await of.rescue.run()

    assert (await of.deliver()).what == "completed"


async def test_it_is_replayed(of: WatchedWorld, time: MovingClock) -> None:
    of.handling.does["a"] = Permanent("gone")
    await of.handle(largest(traceparent=TRACE))
    of.handling.does["a"] = None
    held = await of.records.get((await of.job("a")).key)
    assert held is not None

    await of.interventions.replay(held)

    assert (await of.deliver()).what == "completed"


@pytest.mark.parametrize("filling", [MAX_ACCEPTED - 40, MAX_SENT - 400], ids=["up to 48 KB", "more"])
async def test_a_dead_letter_that_goes_out_without_a_generation_is_taken_however_large_it_is(
    filling: int, of: WatchedWorld
) -> None:
    never_given = json.dumps({"name": "a", "do": "x" * filling, "generation": 7_000_000})
    outcome = await of.handle(never_given)
    held = await of.records.get(JobKey(scopes.of_queue(QUEUE), outcome.job))
    assert held is not None

    await of.interventions.replay(held)

    assert (await of.deliver()).what == "completed"


async def test_it_goes_on_with_a_next(of: WatchedWorld, time: MovingClock) -> None:
    async def next_then_done(job: Job) -> Next | None:
        return Next(timedelta(seconds=5)) if job.generation == 0 else None

    of.handling.does["a"] = next_then_done
    await of.handle(largest(traceparent=TRACE))
    time.advance(5)

    assert (await of.deliver()).what == "completed"


async def test_our_producer_takes_what_a_queue_does_and_not_a_byte_more(of: WatchedWorld) -> None:
    compact = json.dumps(json.loads(largest()), separators=(",", ":"))
    fits = json.loads(compact) | {"do": "x" * (MAX_ACCEPTED - len('{"name":"a","do":""}'))}

    with pytest.raises(BadMessage, match="up to 49152") as bad:
        await of.producer.enqueue(of.kind, fits | {"do": fits["do"] + "x"}, by="ada")
    await of.producer.enqueue(of.kind, fits, by="ada", traceparent=TRACE)

    assert bad.value.code == "too_large"
    assert (await of.deliver()).what == "completed"


async def test_our_producer_refuses_half_a_surrogate_pair_as_a_queue_does(of: WatchedWorld) -> None:
    with pytest.raises(BadMessage, match="surrogate pair"):
        await of.producer.enqueue(of.kind, {"name": "\ud800"}, by="ada")


async def test_a_body_that_could_not_be_sent_again_is_a_dead_letter_of_its_own(of: WatchedWorld) -> None:
    body = json.dumps({"name": "a", "do": "\uffff" * 16_000}, ensure_ascii=False)

    outcome = await of.handle(body)

    assert (outcome.what, outcome.code) == ("dead", "too_large")
    assert await of.record("a") is None


@pytest.fixture
async def queues(azurite: Azurite) -> AsyncIterator[StorageQueues]:
    """The queues of a real service."""
    opened = StorageQueues.from_connection_string(azurite.connection_string)
    await opened.ensure("room")
    yield opened
    await opened.close()


@pytest.mark.parametrize("character", ["x", "&", "<", "]]>", "\x7f", "ä", "\U0001f600"], ids=ascii)
async def test_the_service_takes_64_kib_of_text_in_utf_8_whatever_xml_makes_of_it(
    character: str, queues: StorageQueues
) -> None:
    room = MAX_SENT if character.isascii() else MAX_SENT - 64  # Azurite splits characters where a chunk of 64 KiB ends
    fits = character * (room // len(character.encode()))
    fits += "x" * (room - len(fits.encode()))

    assert await queues.send("room", fits)
