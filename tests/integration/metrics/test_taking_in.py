"""What stands of an event, whatever is told of it in whatever order, and what does it mark?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared import clock
from shared.documents.containers import USAGE_EVENTS
from shared.usage.events import MOST_SLICES
from tests.integration.jobs.worlds import MovingClock
from tests.integration.metrics.worlds import EVENTS, World, ago, buckets, calls

EARLIER = ("2026-11-23T08:00:00.000Z", "2026-11-23T08:01:00.000Z", "2026-11-23T08:02:00.000Z")


async def test_an_event_is_kept_for_400_days_after_it_occurred_not_after_it_was_told(of: World) -> None:
    await of.tell(occurredAt=ago(days=300))

    assert (await of.event())["ttl"] == timedelta(days=100).total_seconds()


async def test_an_event_marks_its_slice(of: World) -> None:
    await of.tell()

    (mark,) = await of.marks()
    assert mark.startswith("leaf|2026-11-23T08:05:00.000Z|")


async def test_a_repeat_changes_nothing_and_marks_again(of: World) -> None:
    await of.tell(updatedAt=EARLIER[0])
    before = await of.event()
    await of.roll_up()
    await of.tell(updatedAt=EARLIER[0])

    assert await of.event() == before
    assert len(await of.marks()) == 1
    await of.roll_up()
    assert (await of.rows())[buckets("2026-11-23T08")[0]] == calls(1)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
async def test_the_version_that_was_updated_last_stands_whatever_the_order(of: World, order: tuple[int, ...]) -> None:
    for number in order:
        await of.tell(updatedAt=EARLIER[number], project=f"version {number}")

    assert (await of.event())["project"] == "version 2"
    await of.roll_up()
    assert (await of.rows())[buckets("2026-11-23T08")[0]] == calls(1, "version 2")


@pytest.mark.parametrize("operation", ["get usageEvents", "replace usageEvents"])
async def test_an_older_version_that_is_taken_in_at_once_does_not_write_over_the_later(
    of: World, operation: str
) -> None:
    await of.tell(updatedAt=EARLIER[0], project="first")
    of.documents.meanwhile(operation, lambda: of.another().tell(updatedAt=EARLIER[2], project="last"))
    of.put(updatedAt=EARLIER[1], project="between")
    await of.deliver(EVENTS)

    assert (await of.event())["project"] == "last"


async def test_of_versions_of_the_same_instant_the_same_one_stands_whatever_the_order(time: MovingClock) -> None:
    stood = set()
    for order in (("a", "b"), ("b", "a")):
        of = World(time)
        for project in order:
            await of.tell(updatedAt=EARLIER[0], project=project)
        stood.add((await of.event())["project"])

    assert len(stood) == 1


async def test_an_event_that_does_not_say_when_it_was_updated_corrects_what_came_before(
    of: World, time: MovingClock
) -> None:
    await of.tell(project="first")
    time.advance(1)
    await of.tell(project="second")

    assert (await of.event())["project"] == "second"


async def test_a_redelivered_message_does_not_become_a_later_version(of: World, time: MovingClock) -> None:
    of.put(project="first")
    first = of.queues.receive(EVENTS.queue, visibility=timedelta(minutes=30))
    assert first is not None
    time.advance(60)
    await of.tell(project="second")
    await of.runtime.deliver(EVENTS, first)

    assert (await of.event())["project"] == "second"


async def test_a_moved_event_marks_where_it_stood_and_where_it_stands(of: World) -> None:
    await of.tell(updatedAt=EARLIER[0])
    await of.roll_up()
    await of.tell(updatedAt=EARLIER[1], occurredAt="2026-10-31T23:59:00.000Z")

    assert [mark[:29] for mark in await of.marks()] == [
        "leaf|2026-10-31T23:55:00.000Z",
        "leaf|2026-11-23T08:05:00.000Z",
    ]


@pytest.mark.parametrize(
    "to",
    ["2026-11-23T08:12:00.000Z", "2026-11-23T07:12:00.000Z", "2026-11-21T08:07:00.000Z", "2026-10-31T08:07:00.000Z"],
)
@pytest.mark.parametrize("is_rolled_up_between", [True, False])
async def test_a_moved_event_counts_where_it_stands_and_nowhere_else(
    of: World, to: str, is_rolled_up_between: bool
) -> None:
    await of.tell(updatedAt=EARLIER[0])
    if is_rolled_up_between:
        await of.roll_up()
    await of.tell(updatedAt=EARLIER[1], occurredAt=to)
    await of.roll_up()

    rows = {name: said for name, said in (await of.rows()).items() if not name.startswith("leaf")}
    assert rows == {name: calls(1) for name in buckets(to)}


async def test_a_move_that_comes_after_the_move_back_counts_once(of: World) -> None:
    await of.tell(updatedAt=EARLIER[0])
    await of.tell(updatedAt=EARLIER[2])
    await of.tell(updatedAt=EARLIER[1], occurredAt="2026-11-22T08:07:12.000Z")
    await of.roll_up()

    assert {name for name in await of.rows() if "|2026-11-22" in name} == set()
    assert (await of.rows())[buckets("2026-11-23T08")[1]] == calls(1)


async def test_a_move_to_another_organisation_is_a_void_and_a_new_event(of: World) -> None:
    await of.tell(updatedAt=EARLIER[0])
    await of.roll_up()
    await of.tell(updatedAt=EARLIER[1], void=True)
    await of.tell(updatedAt=EARLIER[1], orgId="globex")
    await of.roll_up()

    assert await of.rows("acme") == {}
    assert (await of.rows("globex"))[buckets("2026-11-23T08")[2]] == calls(1)


@pytest.mark.parametrize("is_rolled_up_between", [True, False])
async def test_a_voided_event_counts_no_more(of: World, is_rolled_up_between: bool) -> None:
    await of.tell(updatedAt=EARLIER[0])
    if is_rolled_up_between:
        await of.roll_up()
    await of.tell(updatedAt=EARLIER[1], void=True)
    await of.roll_up()

    assert await of.rows() == {}
    assert len(await of.all_rows()) == 4


async def test_a_void_that_comes_before_its_event_holds(of: World) -> None:
    await of.tell(updatedAt=EARLIER[1], void=True)
    await of.roll_up()
    await of.tell(updatedAt=EARLIER[0])
    await of.roll_up()

    assert await of.rows() == {}
    assert (await of.event())["void"] is True


async def test_a_void_that_says_another_time_takes_the_event_from_where_it_stood(of: World) -> None:
    await of.tell(updatedAt=EARLIER[0])
    await of.roll_up()
    await of.tell(updatedAt=EARLIER[1], void=True, occurredAt="2026-11-01T00:00:00.000Z")
    await of.roll_up()

    assert await of.rows() == {}


async def test_a_void_can_be_taken_back(of: World) -> None:
    for number, void in enumerate([False, True, False]):
        await of.tell(updatedAt=EARLIER[number], void=void)
    await of.roll_up()

    assert (await of.rows())[buckets("2026-11-23T08")[0]] == calls(1)


async def test_the_same_id_in_another_organisation_or_kind_is_another_event(of: World) -> None:
    await of.tell()
    await of.tell(orgId="globex")
    await of.tell(kind="hitl", type="review")

    assert len(await of.all(USAGE_EVENTS)) == 3


async def test_organisations_of_any_name_are_told_apart(of: World) -> None:
    names = ["a|llm", "a", "A", "Müller & Söhne", "a/b", "x" * 256, "0" * 64, ".."]
    for name in names:
        await of.tell(orgId=name)
    await of.roll_up()

    assert [(await of.rows(name))[buckets("2026-11-23T08")[0]] for name in names] == [calls(1)] * len(names)


async def test_an_instant_that_is_still_to_come_is_kept_as_it_was_given(of: World, time: MovingClock) -> None:
    ahead = clock.to_text(time.now + timedelta(days=3))
    await of.tell(occurredAt=ahead)

    event = await of.event()
    assert (event["occurredAt"], event["clamped"]) == (clock.to_text(time.now), {"occurredAt": ahead})


@pytest.mark.parametrize("seconds", [50, 110, 3600])
async def test_a_later_version_by_a_clock_that_is_ahead_stands_also_for_a_worker_whose_clock_is_behind(
    of: World, time: MovingClock, seconds: int
) -> None:
    await of.tell(updatedAt=EARLIER[0], project="first")
    of.put(updatedAt=clock.to_text(time.now + timedelta(seconds=seconds)), project="second")
    delivery = of.queues.receive(EVENTS.queue)
    assert delivery is not None
    time.advance(-55)
    await of.runtime.deliver(EVENTS, delivery)
    assert (await of.event())["project"] == "second"
    of.queues.delete(delivery)
    await of.tell(updatedAt=EARLIER[1], project="between")

    assert (await of.event())["project"] == "second"


async def test_an_event_that_is_moved_on_and_on_becomes_a_dead_letter_and_what_stands_stays(
    of: World, time: MovingClock
) -> None:
    start = clock.parse("2026-11-22T00:00:00Z")
    for number in range(MOST_SLICES):
        await of.tell(updatedAt=clock.to_text(start + number * timedelta(seconds=1)),
                      occurredAt=clock.to_text(start + number * timedelta(minutes=5)))  # fmt: skip
    outcome = await of.tell(updatedAt=ago(hours=1), occurredAt=ago(days=3))

    assert (outcome.what, outcome.code) == ("dead", "moved_too_often")
    assert len((await of.event())["slices"]) == MOST_SLICES
    back = await of.tell(updatedAt=ago(minutes=1), occurredAt=clock.to_text(start))
    assert back.what == "completed"


async def test_an_event_of_a_closed_month_becomes_a_dead_letter_each_time_it_comes(of: World) -> None:
    for _ in range(2):
        outcome = await of.tell(occurredAt=ago(days=429))

    assert (outcome.what, outcome.code) == ("dead", "too_late")
    (letter,) = await of.dead_letters()
    assert (letter["reason"]["code"], letter["occurrences"]) == ("too_late", 2)
    assert await of.all(USAGE_EVENTS) == []
    assert await of.marks() == []


async def test_the_month_decides_not_the_events_own_age(of: World, time: MovingClock) -> None:
    time.now = clock.parse("2027-12-04T00:10:00Z")  # 398 days and ten minutes after 2026-11-01

    assert (await of.tell(occurredAt="2026-11-30T23:59:00.000Z")).code == "too_late"
    assert (await of.tell(occurredAt="2026-12-01T00:00:00.000Z")).what == "completed"


async def test_an_event_is_not_moved_out_of_a_closed_month_nor_into_one(of: World, time: MovingClock) -> None:
    await of.tell(updatedAt=EARLIER[0])
    await of.roll_up()
    time.now = clock.parse("2027-12-05T00:10:00Z")
    out = await of.tell(updatedAt=ago(days=1), occurredAt=ago(days=2))
    await of.tell(event_id="e2", occurredAt=ago(days=2), updatedAt=ago(days=2))
    into = await of.tell(event_id="e2", updatedAt=ago(days=1), occurredAt=EARLIER[0])

    assert (out.code, into.code) == ("too_late", "too_late")
    assert (await of.event())["occurredAt"] == "2026-11-23T08:07:12.000Z"
    assert (await of.rows())[buckets("2026-11-23T08")[2]] == calls(1)


async def test_what_stands_is_marked_again_also_when_its_month_has_closed(of: World, time: MovingClock) -> None:
    time.now = clock.parse("2027-12-03T23:59:00Z")
    of.put(updatedAt=EARLIER[0])
    of.documents.die(3, "before")
    await of.take_in()
    stood = await of.event()
    time.now = clock.parse("2027-12-04T00:30:00Z")
    of = of.another()
    (outcome,) = await of.take_in()

    assert outcome.what == "completed"
    assert await of.event() == stood
    assert len(await of.marks()) == 1
    await of.roll_up()
    assert (await of.rows())[buckets("2026-11-23T08")[2]] == calls(1)


async def test_an_event_is_put_off_while_its_month_is_closing(of: World, time: MovingClock) -> None:
    time.now = clock.parse("2027-12-04T00:00:00Z")
    outcome = await of.tell(occurredAt="2026-11-23T08:07:12.000Z")
    time.now += timedelta(minutes=9, seconds=59)
    (again,) = await of.take_in()
    time.now += timedelta(minutes=10)
    (last,) = await of.take_in()

    assert [(one.what, one.code) for one in (outcome, again)] == [("retry", "month_closing")] * 2
    assert (last.what, last.code) == ("dead", "too_late")
    assert await of.all(USAGE_EVENTS) == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, 7))
async def test_whoever_takes_an_event_in_may_die_anywhere(of: World, number: int, when: str) -> None:
    await of.tell(updatedAt=EARLIER[0])
    await of.roll_up()
    of.put(updatedAt=EARLIER[1], occurredAt="2026-11-21T08:07:12.000Z")
    of.documents.die(number, when)  # type: ignore[arg-type]
    await of.take_in()
    of = of.another()
    await of.settle()

    assert (await of.rows())[buckets("2026-11-21T08")[1]] == calls(1)
    assert buckets("2026-11-23T08")[1] not in await of.rows()
