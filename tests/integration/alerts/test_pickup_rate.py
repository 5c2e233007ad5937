"""Is the watch over pickup rates right at its edges, and does it tell each thing once?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from operator import itemgetter
from typing import Any

import pytest
from pytest_mock import MockerFixture

from processors.pickup_rate import reading, rules, run
from processors.pickup_rate.calls import Call
from processors.pickup_rate.run import evaluate_due
from processors.pickup_rate.taking_in import take_in
from processors.pickup_rate.windows import windows
from shared import clock
from shared.alerts import states as alert_states
from shared.documents.containers import ALERT_EVENTS, ALERT_STATES, CALLS, SETTINGS
from shared.documents.sqlite import SqliteDocuments
from shared.errors import UsageError
from shared.jobs.scopes import of_queue
from tests.integration.alerts.worlds import AlertWorld
from tests.integration.jobs.worlds import Killed, MovingClock, WatchedDocuments

AT = "2026-11-23T08:00:00.000Z"


def a_call(**more: Any) -> Call:
    """Return a call."""
    return Call.model_validate({"call_id": "c1", "merchantId": "m1", "status": "FINISHED", "updatedAt": AT, **more})


async def test_the_later_update_of_a_call_wins_in_whatever_order_they_come(world: AlertWorld) -> None:
    assert await take_in(world.documents, a_call(updatedAt="2026-11-23T08:00:02Z", outcome="CONFIRM"))
    assert not await take_in(world.documents, a_call(updatedAt="2026-11-23T08:00:01Z", outcome="NO_ANSWER"))
    assert not await take_in(world.documents, a_call(updatedAt="2026-11-23T08:00:02Z", outcome="CONFIRM"))

    (stored,) = await world.all(CALLS)
    assert (stored["outcome"], stored["updatedAt"]) == ("CONFIRM", "2026-11-23T08:00:02.000Z")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_a_call_that_changes_its_merchant_is_still_one_call(world: AlertWorld, order: tuple[int, int]) -> None:
    versions = [a_call(), a_call(merchantId="m2", updatedAt="2026-11-23T09:00:00Z")]

    for n in order:
        await take_in(world.documents, versions[n])

    (stored,) = await world.all(CALLS)
    assert stored["merchantId"] == "m2"


async def test_calls_come_in_by_queue_and_a_bad_one_is_a_dead_letter(world: AlertWorld) -> None:
    queue = world.settings.call_events_queue
    for body in ({"id": "c1", "merchantId": "m1", "status": "FINISHED", "updatedAt": AT, "more": 1}, {"call_id": "c2"}):
        world.queues.put(queue, json.dumps(body).encode())

    await world.work_off()

    assert [call["id"] for call in await world.all(CALLS)] == ["c1"]
    assert [job.status for job in await world.jobs_in(of_queue(queue))] == ["dead"]


async def test_a_call_without_updated_at_counts_with_the_time_when_it_was_received(
    world: AlertWorld, time: MovingClock
) -> None:
    queue, said = world.settings.call_events_queue, {"call_id": "c1", "merchantId": "m1"}
    first = clock.text_now()
    world.queues.put(queue, json.dumps({**said, "status": "PROCESSING"}).encode())
    await world.work_off()
    time.advance(60)
    second = clock.text_now()
    world.queues.put(queue, json.dumps({**said, "status": "FINISHED"}).encode())
    time.advance(60)
    await world.work_off()

    (stored,) = await world.all(CALLS)
    assert (stored["status"], stored["updatedAt"]) == ("FINISHED", second)
    assert not await take_in(world.documents, a_call(updatedAt=first, status="RETRY"))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_of_two_updates_of_the_same_time_the_one_that_finished_wins(
    world: AlertWorld, order: tuple[int, int]
) -> None:
    versions = [a_call(status="PROCESSING"), a_call(outcome="CONFIRM")]

    for n in order:
        await take_in(world.documents, versions[n])

    (stored,) = await world.all(CALLS)
    assert stored["status"] == "FINISHED"


async def test_the_window_is_half_open_and_rows_without_a_beginning_are_counted_as_such(world: AlertWorld) -> None:
    now = clock.now()
    for n, before in enumerate((0, 1, 3599, 3600, 3601)):
        at = clock.to_text(now - timedelta(seconds=before))
        await take_in(world.documents, a_call(call_id=f"c{n}", initiatedAt=at))
    await take_in(world.documents, a_call(call_id="undated"))
    await world.says(lookback_seconds=3600)
    due = (await rules.read(world.documents, world.settings)).watched()

    window = (await windows(reading.counted, world.documents, due, now))["global"]

    assert (window.tally.finished, window.before.finished, window.undated) == (3, 1, 1)


async def test_a_lookback_below_an_hour_counts_what_is_in_it(world: AlertWorld) -> None:
    await world.says(lookback_seconds=300, minimum_sample=5)
    await world.calls(5, 5, minutes_ago=4)
    await world.calls(0, 50, minutes_ago=6)

    assert await world.evaluate() == {"global": "clear"}


async def test_a_breach_is_told_once_and_its_end_once(world: AlertWorld) -> None:
    await world.says(lookback_seconds=600)
    await world.calls(5, 30)
    await world.evaluate()
    for _ in range(3):
        await world.calls(5, 30, minutes_ago=1)
        await world.evaluate()
    assert (await world.state(), await world.told()) == ("FIRING", ["firing"])

    await world.calls(100, 100, minutes_ago=-8)
    await world.evaluate(minutes=10)
    await world.calls(100, 100, minutes_ago=1)
    await world.evaluate()

    assert (await world.state(), await world.told()) == ("OK", ["firing", "resolved"])


async def test_a_rate_that_flaps_over_overlapping_windows_sends_two_messages(world: AlertWorld) -> None:
    await world.says(margin=0)
    await world.calls(39, 100)
    for n in range(20):
        await world.evaluate()
        await world.calls(*((3, 3) if n % 2 == 0 else (0, 4)), minutes_ago=1)
    await world.work_off()

    assert await world.told() == ["firing", "resolved"]


async def test_two_evaluators_send_one_message(new_world: Callable[..., AlertWorld]) -> None:
    store = SqliteDocuments(":memory:")
    one, other = new_world(documents=store), new_world(documents=store)
    other.queues = one.queues
    await one.calls(5, 30)
    now = clock.now()

    await asyncio.gather(*(evaluate_due(world.services, now) for world in (one, other, one, other)))
    await one.work_off()

    assert await one.told() == ["firing"]
    assert len(await one.outbox("pickup-rate:firing")) >= 1
    assert [len(event["sent"]) for event in await one.all(ALERT_EVENTS)] == [1]


async def test_a_failed_read_is_an_error_after_three_and_never_no_data(new_world: Callable[..., AlertWorld]) -> None:
    store = WatchedDocuments(SqliteDocuments(":memory:"), [])
    world = new_world(documents=store)
    await world.calls(30, 30)
    assert await world.evaluate() == {"global": "clear"}
    store.fail("query callRollups")

    for n in range(3):
        assert await world.evaluate() == {"global": "error"}
        assert await world.state() == ("OK" if n < 2 else "ERROR")

    assert await world.told() == ["error"]
    store.heal()
    await world.evaluate()
    assert (await world.state(), await world.told()) == ("OK", ["error", "error_over"])


async def test_a_failed_evaluation_waits_for_its_interval(new_world: Callable[..., AlertWorld]) -> None:
    store = WatchedDocuments(SqliteDocuments(":memory:"), [])
    world = new_world(documents=store)
    store.fail("query callRollups")
    await world.evaluate(minutes=1)

    assert await world.evaluate(minutes=1) == {}


async def test_no_data_and_too_little_are_no_alert(world: AlertWorld) -> None:
    assert await world.evaluate() == {"global": "no_data"}
    await world.calls(0, 19)
    assert await world.evaluate() == {"global": "no_data"}

    assert (await world.state(), await world.told()) == ("NO_DATA", [])
    reasons = [body["reason"] for body in await world.all(ALERT_STATES)]
    assert reasons == ["too few calls: 19, and 20 are needed"]


async def test_the_flag_and_the_interval_change_at_run_time_in_both_directions(world: AlertWorld) -> None:
    await world.calls(30, 30)
    await world.says(enabled=False)
    assert await world.evaluate() == {}

    await world.says(enabled=True, interval_seconds=3600)
    assert await world.evaluate(minutes=10) == {"global": "clear"}
    assert await world.evaluate(minutes=0) == {}
    await world.says(interval_seconds=600)
    assert await world.evaluate(minutes=30) == {"global": "clear"}
    await world.says(interval_seconds=7200)
    assert await world.evaluate(minutes=0) == {}
    await world.says(interval_seconds=None)
    assert await world.evaluate(minutes=0) == {"global": "clear"}
    await world.says(enabled=None)
    assert (await rules.read(world.documents, world.settings)).of("global").enabled


async def test_the_flag_of_the_settings_is_off_unless_somebody_says_otherwise(
    new_world: Callable[..., AlertWorld],
) -> None:
    world = new_world(enable_pickup_rate_alert=False)
    await world.calls(0, 30)
    assert await world.evaluate() == {}

    await world.says("merchant:m1", enabled=True)

    assert await world.evaluate() == {"merchant:m1": "breach"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("threshold", 101), ("threshold", "forty"), ("threshold", "nan"), ("interval_seconds", 5), ("alert_type", "ALL"),
     ("evaluation", "guess"), ("minimum_sample", 0), ("unknown", 1), ("lookback_seconds", 0)],
)  # fmt: skip
async def test_a_value_that_can_not_be_is_refused_and_the_old_one_stays(
    world: AlertWorld, name: str, value: object
) -> None:
    await world.says(threshold=45, margin=1)

    with pytest.raises(UsageError, match=name):
        await world.says(**{"margin": 5, name: value})

    standing = (await rules.read(world.documents, world.settings)).of("global")
    assert (standing.threshold, standing.margin) == (45, 1)


async def test_scopes_inherit_what_they_do_not_say(world: AlertWorld) -> None:
    await world.says(threshold=45, margin=1)
    await world.says("reseller:r1", threshold=50, minimum_sample=5)
    await world.says("merchant:m1", reseller="r1", evaluation="wilson")
    await world.says("merchant:m2", threshold=60)

    found = await rules.read(world.documents, world.settings)

    m1, m2 = found.of("merchant:m1"), found.of("merchant:m2")
    assert (m1.threshold, m1.minimum_sample, m1.margin, m1.evaluation) == (50, 5, 1, "wilson")
    assert (m2.threshold, m2.minimum_sample, m2.margin, m2.evaluation) == (60, 20, 1, "threshold")
    await world.says("merchant:m2", threshold=None)
    assert (await rules.read(world.documents, world.settings)).of("merchant:m2").threshold == 45


async def test_each_scope_counts_its_own_calls(world: AlertWorld) -> None:
    await world.calls(30, 30, merchant="m1", resellerId="r1")
    await world.calls(0, 30, merchant="m2", resellerId="r1")
    await world.calls(0, 30, merchant="m3", resellerId="r2")
    for scope in ("reseller:r1", "merchant:m1", "merchant:m2"):
        await world.says(scope, minimum_sample=20)

    found = await world.evaluate()

    assert found == {"global": "breach", "reseller:r1": "clear", "merchant:m1": "clear", "merchant:m2": "breach"}


async def test_a_scope_that_can_not_be_judged_is_an_error_and_stops_no_other(
    world: AlertWorld, mocker: MockerFixture
) -> None:
    await world.calls(0, 30, merchant="m1")
    await world.calls(30, 30, merchant="m2")
    for scope in ("merchant:m1", "merchant:m2"):
        await world.says(scope, minimum_sample=20)
    judged = run.judged

    def failing(window: Any, rule: Any) -> Any:
        if window.scope == "merchant:m1":
            raise ZeroDivisionError
        return judged(window, rule)

    mocker.patch.object(run, "judged", failing)

    found = await world.evaluate()

    assert found == {"global": "clear", "merchant:m1": "error", "merchant:m2": "clear"}
    assert await world.evaluate(minutes=0) != {}


async def test_what_a_crash_left_unsent_is_sent_by_the_rescue_once(
    world: AlertWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.calls(0, 30)
    create = world.documents.create

    async def dying(container: Any, body: Any) -> Any:
        if container is ALERT_EVENTS:
            raise Killed
        return await create(container, body)

    monkeypatch.setattr(world.documents, "create", dying)
    with pytest.raises(Killed):
        await world.evaluate()
    monkeypatch.undo()
    assert (await world.state(), await world.told()) == ("FIRING", [])

    assert await world.send_all() == 1
    assert await world.send_all() == 0
    await world.work_off()

    assert await world.told() == ["firing"]
    assert [list(event["sent"]) for event in await world.all(ALERT_EVENTS)] == [["outbox"]]


async def test_a_run_of_the_timer_evaluates_what_is_due(world: AlertWorld, time: MovingClock) -> None:
    await world.calls(0, 30)

    entry = await world.run("pickup-rate")

    assert (entry.status, entry.planned, await world.state()) == ("completed", 1, "FIRING")
    await world.says(enabled=False)
    time.advance(300)
    assert ((await world.run("pickup-rate")).planned, await world.told()) == (1, ["firing", "resolved"])
    time.advance(300)
    assert (await world.run("pickup-rate")).planned == 0


async def disabled(world: AlertWorld) -> None:
    await world.says("merchant:m1", enabled=False)


async def removed(world: AlertWorld) -> None:
    (standing,) = await world.all(SETTINGS)
    await world.documents.upsert(SETTINGS, {**standing, "scopes": {}})


async def switched_off(world: AlertWorld) -> None:
    world.services = replace(world.services, settings=replace(world.settings, enable_pickup_rate_alert=False))


@pytest.mark.parametrize("leave", [disabled, removed, switched_off])
async def test_a_scope_that_is_left_while_it_fires_is_told_to_be_over_once(
    world: AlertWorld, leave: Callable[[AlertWorld], Awaitable[None]]
) -> None:
    await world.says("merchant:m1", minimum_sample=5)
    await world.calls(0, 10)
    await world.evaluate()
    assert await world.state("merchant:m1") == "FIRING"

    await leave(world)

    assert (await world.evaluate())["merchant:m1"] == "unwatched"
    assert "merchant:m1" not in await world.evaluate()
    await world.work_off()
    events = [event for event in await world.all(ALERT_EVENTS) if event["scope"] == "merchant:m1"]
    assert [event["kind"] for event in sorted(events, key=itemgetter("number"))] == ["firing", "resolved"]
    assert events[-1]["title"] == "Resolved: pickup rate of merchant:m1 is no longer watched"
    assert "It had been below its threshold for 5 min." in events[-1]["text"]


async def test_a_scope_that_is_left_in_silence_is_told_to_be_over_after_it(world: AlertWorld) -> None:
    await world.calls(0, 30)
    await world.evaluate()
    until = clock.now() + timedelta(minutes=7)
    await alert_states.silence(world.documents, alert_states.SYSTEM, "pickup-rate", "global", until, by="test", why="")
    await world.says(enabled=False)

    told = []
    for _ in range(4):
        await world.evaluate()
        told.append(await world.told())

    assert told == [["firing"], ["firing"], ["firing", "resolved"], ["firing", "resolved"]]
