"""Do calls find their way into the roll-ups, whoever dies, and is it told when they don't?"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from processors.pickup_rate import adding_up, freshness, rules
from processors.pickup_rate.calls import Call
from processors.pickup_rate.reading import Wanted
from processors.pickup_rate.rollups import CALL_SOURCE, KINDS
from processors.pickup_rate.run import evaluate_due
from processors.pickup_rate.taking_in import MOST_PLACES, take_in
from shared import clock
from shared.documents.containers import ALERT_STATES, CALLS, ROLLUP_WORK
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Permanent, Unavailable, UsageError
from shared.measures import Period
from shared.rollups import marks
from shared.rollups.rolling_up import roll_up_standing
from tests.integration.alerts.test_rolled_up_rates import A_CALL, NOW, differences, rolled_up
from tests.integration.alerts.worlds import AlertWorld
from tests.integration.jobs.worlds import MovingClock, WatchedDocuments

DAY = Period(NOW - timedelta(days=1), NOW)
FIRST, SECOND = A_CALL, {**A_CALL, "merchantId": "m2", "requestId": "lead-2", "updatedAt": "2026-11-23T08:30:00Z"}


def call(said: dict[str, Any]) -> Call:
    return Call.model_validate(said)


@pytest.mark.parametrize("how", ["down", "lost"])
@pytest.mark.parametrize(
    "write",
    ["create calls", "replace calls", "delete calls", "create callLeads", "replace callLeads", "create rollupWork"],
)
async def test_a_call_whose_taking_in_failed_anywhere_is_whole_when_it_is_told_again(
    time: MovingClock, write: str, how: Any
) -> None:
    documents = WatchedDocuments(SqliteDocuments(":memory:"), [])
    await take_in(documents, call({**FIRST, "call_id": "c2"}), NOW)
    for said in (FIRST, SECOND):
        documents.fail(write, how, 1)
        for _ in range(2):
            try:
                await take_in(documents, call(said), NOW)
            except Unavailable:
                continue
        documents.heal()
        await rolled_up(documents)
        assert await differences(documents, [DAY]) == []

    (moved,) = [found.body async for found in documents.query(CALLS, where=[("id", "=", "c1")])]
    assert (moved["merchantId"], moved["leads"]) == ("m2", ["lead-1", "lead-2"])


@pytest.mark.parametrize("how", ["down", "lost"])
@pytest.mark.parametrize(
    "write", ["create callRollups", "replace callRollups", "create rollupWork", "delete rollupWork"]
)
async def test_a_worker_that_fails_while_it_rolls_up_leaves_the_mark(time: MovingClock, write: str, how: Any) -> None:
    documents = WatchedDocuments(SqliteDocuments(":memory:"), [])
    await take_in(documents, call({**FIRST, "call_id": "c2"}), NOW)
    await rolled_up(documents)
    await take_in(documents, call(FIRST), NOW)
    documents.fail(write, how, 1)
    try:
        for kind in KINDS:
            await roll_up_standing(documents, CALL_SOURCE, kind, 100)
    except Unavailable:
        assert await documents.count(ROLLUP_WORK) > 0
    documents.heal()

    await rolled_up(documents)

    assert await differences(documents, [DAY]) == []


async def test_what_was_marked_in_between_stays_marked(time: MovingClock) -> None:
    documents = WatchedDocuments(SqliteDocuments(":memory:"), [])
    await take_in(documents, call(FIRST), NOW)
    await roll_up_standing(documents, CALL_SOURCE, KINDS[0], 100)
    await take_in(documents, call(SECOND), NOW)
    await roll_up_standing(documents, CALL_SOURCE, KINDS[1], 100)

    await rolled_up(documents)

    assert await differences(documents, [DAY]) == []


async def test_a_call_that_moves_on_and_on_is_refused_and_what_stands_stays(time: MovingClock) -> None:
    documents = SqliteDocuments(":memory:")
    for n in range(MOST_PLACES):
        at, updated = clock.to_text(NOW - n * timedelta(minutes=5)), clock.to_text(NOW - timedelta(hours=1, seconds=-n))
        await take_in(documents, call({**FIRST, "initiatedAt": at, "updatedAt": updated}), NOW)

    with pytest.raises(Permanent, match="moved") as refused:
        await take_in(documents, call({**FIRST, "initiatedAt": "2026-10-01T08:00:00Z", "updatedAt": clock.text_now()}))

    assert refused.value.code == "moved_too_often"


async def test_marks_of_days_whose_calls_are_about_to_expire_are_deleted_without_recomputing(time: MovingClock) -> None:
    documents = WatchedDocuments(SqliteDocuments(":memory:"), [])
    await take_in(documents, call(FIRST), NOW)
    time.advance(timedelta(days=88).total_seconds())

    await rolled_up(documents)

    assert not any("callRollups" in write for write in documents._log)


async def test_an_evaluation_counts_what_came_in_just_before_it(world: AlertWorld) -> None:
    await world.calls(30, 30, minutes_ago=5)

    assert await world.evaluate() == {"global": "clear"}


async def test_windows_end_at_the_last_five_minutes(world: AlertWorld, time: MovingClock) -> None:
    await world.says(lookback_seconds=300, minimum_sample=1)
    time.advance(7 * 60)
    await world.calls(1, 1, minutes_ago=1)

    assert await world.evaluate(minutes=0) == {"global": "no_data"}
    time.advance(5 * 60)
    assert await world.evaluate() == {"global": "clear"}


async def test_a_late_evaluation_judges_the_window_of_its_slot(world: AlertWorld, time: MovingClock) -> None:
    slot = clock.now()
    await world.says(lookback_seconds=300, minimum_sample=1)
    await world.calls(1, 1, minutes_ago=1)
    time.advance(20 * 60)
    await world.calls(0, 9, minutes_ago=6)

    assert await evaluate_due(world.services, clock.now(), slot) == {"global": "clear"}


async def test_a_run_judges_the_window_of_its_slot(world: AlertWorld, time: MovingClock) -> None:
    await world.says(lookback_seconds=300, minimum_sample=1)
    await world.calls(1, 1, minutes_ago=1)
    await world.open("pickup-rate")
    time.advance(4 * 60)
    await world.calls(0, 9, minutes_ago=2)
    time.advance(20 * 60)

    await world.work_off()

    (state,) = await world.all(ALERT_STATES)
    assert state["status"] == "OK"


async def test_marks_that_are_left_for_hours_are_an_error_and_never_no_data(
    world: AlertWorld, time: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness, "_MOST_MARKS", 0)
    await world.calls(30, 30)
    assert await world.evaluate(minutes=0) == {"global": "no_data"}
    time.advance(7201)

    assert await world.evaluate(minutes=0) == {"global": "error"}
    (state,) = await world.all(ALERT_STATES)
    assert "behind" in state["reason"]


async def test_messages_that_are_left_for_hours_are_an_error_and_never_no_data(
    world: AlertWorld, time: MovingClock
) -> None:
    await world.calls(30, 30)
    world.queues.put(world.settings.call_events_queue, json.dumps({**FIRST}).encode())
    time.advance(7201)

    assert await world.evaluate() == {"global": "error"}
    await world.work_off()
    assert await world.evaluate() == {"global": "clear"}


@pytest.mark.parametrize(("given", "kept"), [(60, 300), (300, 300), (301, 600), (2_678_400, 2_678_400)])
async def test_a_lookback_is_rounded_up_to_whole_slices(world: AlertWorld, given: int, kept: int) -> None:
    await world.says(lookback_seconds=given)

    assert (await rules.read(world.documents, world.settings)).of("global").lookback_seconds == kept


@pytest.mark.parametrize(
    ("begin", "length"),
    [(timedelta(days=31, minutes=5), timedelta(days=31, minutes=5)), (timedelta(days=89), timedelta(days=1))],
)
async def test_a_window_that_is_not_rolled_up_is_refused(
    time: MovingClock, begin: timedelta, length: timedelta
) -> None:
    with pytest.raises(UsageError) as refused:
        await adding_up.counted(
            SqliteDocuments(":memory:"), [Wanted("global", Period(NOW - begin, NOW - begin + length))]
        )

    assert refused.value.code == "window_not_rolled_up"


async def test_calls_wait_in_the_marks_until_they_are_rolled_up(
    new_world: Callable[..., AlertWorld], time: MovingClock
) -> None:
    world = new_world()
    await world.calls(1, 1)

    assert await freshness.lacking_since(world.documents) == NOW
    await rolled_up(world.documents)
    assert await freshness.lacking_since(world.documents) is None
    assert await marks.count(world.documents, KINDS) == 0
