"""Up to when do the roll-ups contain what was told?"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from processors.metrics.completeness import Completeness, complete_up_to
from shared.errors import Unavailable
from shared.jobs.gates import Gates
from tests.integration.jobs.worlds import MovingClock
from tests.integration.metrics.worlds import EVENTS, SETTINGS, World


async def known(of: World) -> Completeness:
    """Return what is known of the completeness."""
    return await complete_up_to(of.documents, of.queues, SETTINGS)


async def at(of: World) -> datetime:
    """Return up to when the roll-ups are complete."""
    return (await known(of)).at


async def test_with_nothing_to_do_they_are_complete(of: World, time: MovingClock) -> None:
    assert await known(of) == Completeness(time.now, 0, None, 0)


async def test_the_oldest_mark_bounds_it(of: World, time: MovingClock) -> None:
    first = time.now
    await of.tell()
    time.advance(60)
    await of.tell(event_id="e2", orgId="globex")
    time.advance(600)

    assert await known(of) == Completeness(first, 2, first, 0)
    await of.roll_up()
    assert await at(of) == time.now


async def test_what_the_queue_got_before_it_was_worked_on_is_not_called_complete(of: World, time: MovingClock) -> None:
    put_at = time.now
    of.put()
    time.advance(3600)
    await of.take_in()

    assert await at(of) == put_at


async def test_the_oldest_message_bounds_it(of: World, time: MovingClock) -> None:
    put_at = time.now
    of.put()
    time.advance(3600)
    of.put(event_id="e2")

    assert await known(of) == Completeness(put_at, 0, None, 2)


async def test_while_messages_are_hidden_it_is_at_most_a_quarter_of_an_hour_ago(of: World, time: MovingClock) -> None:
    time.advance(3600)
    of.put()
    of.queues.receive(EVENTS.queue)

    assert await at(of) == time.now - timedelta(minutes=15)


async def test_a_closed_gate_bounds_it_by_when_it_was_closed(of: World, time: MovingClock) -> None:
    closed_at = time.now
    await Gates(of.documents).close(f"queue:{EVENTS.queue}", reason="repair", by="ops", until=None)
    of.put()
    time.advance(3 * 3600)
    await of.take_in()

    assert await at(of) == closed_at


async def test_a_mark_that_is_put_again_does_not_make_it_later(of: World, time: MovingClock) -> None:
    first = time.now
    await of.tell()
    time.advance(600)
    await of.tell(event_id="e1")

    assert await at(of) == first


async def test_a_message_that_ends_between_the_looks_is_seen_by_its_mark(of: World, time: MovingClock) -> None:
    put_at = time.now
    of.put()
    time.advance(3600)
    of.documents.meanwhile("query rollupWork", of.another().take_in)

    assert await at(of) == put_at


async def test_dead_letters_do_not_hold_it_back(of: World, time: MovingClock) -> None:
    await of.tell(kind="likes")
    time.advance(60)

    assert await at(of) == time.now


@pytest.mark.parametrize("events", [1, 40])
async def test_it_costs_the_same_however_many_marks_there_are(of: World, events: int) -> None:
    for number in range(events):
        await of.tell(event_id=f"e{number}", orgId=f"org-{number}")
    of.documents.log.clear()
    await known(of)

    assert of.documents.log == ["query rollupWork", "count rollupWork"]


async def test_a_store_that_fails_is_no_completeness(of: World) -> None:
    of.documents.fail("query rollupWork")

    with pytest.raises(Unavailable):
        await known(of)
