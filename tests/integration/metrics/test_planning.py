"""How do marks come to the workers, and what does a tick leave?"""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest

from shared import clock
from shared.errors import Unavailable
from shared.rollups import marks, planning
from shared.rollups.planning import MOST_MARKS, Planned
from tests.integration.jobs.worlds import MovingClock
from tests.integration.metrics.worlds import ROLL_UPS, World

QUEUE = ROLL_UPS.queue
BEGIN = clock.parse("2026-11-20T00:00:00Z")


async def mark(of: World, count: int, *, organisations: int = 1, first: int = 0) -> None:
    """Put marks, each later than the one before, of so many organisations in turn."""
    for number in range(first, first + count):
        one = marks.leaf(f"org-{number % organisations}", "llm", BEGIN + number * timedelta(minutes=5), 0)
        await marks.put(of.documents, [one], BEGIN + timedelta(seconds=number))


def messages(of: World) -> list[dict[str, object]]:
    """Return what the queue's messages say, in their order."""
    return [json.loads(held.body) for held in of.queues._queues[QUEUE].values()]


def fill(of: World, count: int) -> None:
    """Let the queue hold other messages."""
    for _ in range(count):
        of.queues.put(QUEUE, b"{}")


async def test_every_mark_becomes_part_of_a_message_of_its_organisation_and_kind(of: World) -> None:
    await of.tell()
    await of.tell(event_id="e2")
    await of.tell(event_id="e3", orgId="globex")
    await of.tell(event_id="e4", kind="hitl", type="review")
    planned = await of.plan()

    assert (planned.marks, planned.messages, planned.organisations, planned.left) == (len(await of.marks()), 3, 2, 0)
    named = {(one["orgId"], one["kind"]): one["marks"] for one in messages(of)}
    assert sorted(bucket for buckets in named.values() for bucket in buckets) == await of.marks()
    assert set(named) == {("acme", "llm"), ("globex", "llm"), ("acme", "hitl")}


async def test_a_message_names_a_bounded_number_of_marks(of: World) -> None:
    await mark(of, MOST_MARKS + 1)
    await of.plan()

    assert [len(one["marks"]) for one in messages(of)] == [MOST_MARKS, 1]  # type: ignore[arg-type]


async def test_every_tick_enqueues_every_mark_whether_or_not_a_message_is_on_its_way(of: World) -> None:
    await mark(of, 3)
    await of.plan()
    await of.plan()

    assert [one["marks"] for one in messages(of)] == [await of.marks()] * 2


async def test_without_marks_a_tick_sends_nothing(of: World) -> None:
    assert await of.plan() == Planned(0, 0, 0, 0, None)
    assert messages(of) == []


async def test_nothing_is_enqueued_while_the_queue_holds_more_than_a_thousand_messages(of: World) -> None:
    await mark(of, 3)
    fill(of, 1001)
    planned = await of.plan()

    assert (planned.marks, planned.left, planned.oldest) == (0, 3, BEGIN)
    assert await of.queues.depth(QUEUE) == 1001


async def test_at_a_thousand_messages_it_still_goes_on(of: World) -> None:
    await mark(of, 3)
    fill(of, 1000)

    assert (await of.plan()).left == 0


async def test_what_is_left_comes_at_the_next_tick_and_the_oldest_come_first(
    of: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "MOST_MESSAGES", 10)
    monkeypatch.setattr(planning, "_BATCH", 4)
    await mark(of, 30, organisations=30)
    first = await of.plan()
    enqueued = {one["orgId"] for one in messages(of)}

    assert (first.marks, first.messages, first.left) == (12, 12, 18)
    assert enqueued == {f"org-{number}" for number in range(12)}
    ticks = 1
    while await of.marks():
        await of.work()
        await of.plan()
        ticks += 1
    assert ticks == 4


async def test_marks_that_come_meanwhile_do_not_overtake_the_older_ones(
    of: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "MOST_MESSAGES", 2)
    monkeypatch.setattr(planning, "_BATCH", 1)
    await mark(of, 3, organisations=10, first=5)
    await mark(of, 5, organisations=10)
    await of.plan()

    assert [one["orgId"] for one in messages(of)] == ["org-0", "org-1", "org-2"]


async def test_a_mark_that_is_put_again_keeps_its_turn(
    of: World, time: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "_BATCH", 1)
    await of.tell()
    time.advance(60)
    await of.tell(event_id="e2", orgId="globex")
    await of.tell()
    await of.plan()

    assert [one["orgId"] for one in messages(of)] == ["acme", "globex"]


async def test_a_mark_that_can_not_be_worked_off_holds_up_no_other(of: World) -> None:
    await of.tell()
    await of.tell(event_id="e2", orgId="globex")
    of.documents.fail("create rollups", Unavailable("down", dependency="store"), times=1)
    first, second = await of.roll_up()

    assert {first.what, second.what} == {"store_failed", "completed"}
    assert len(await of.marks()) == 1


async def test_a_tick_says_what_it_did(of: World, caplog: pytest.LogCaptureFixture) -> None:
    await mark(of, 3, organisations=2)
    with caplog.at_level(logging.INFO, "nightshift.rollups"):
        await of.plan()

    assert "3 marks of 2 organisations enqueued in 2 messages; 0 marks left, the oldest since" in caplog.text


async def test_organisations_of_any_name_come_through_a_message(of: World) -> None:
    names = ["a|b", "x" * 256, "Müller", "\U0001f600" * 128]
    for name in names:
        await of.tell(orgId=name)
    await of.plan()
    outcomes = await of.work()

    assert [outcome.what for outcome in outcomes] == ["completed"] * len(names)
    assert await of.marks() == []
