"""A machine two days ahead has evaluated, or a producer has sent calls of the year 9999: who is muted?"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from processors.pickup_rate.calls import Call, clamped
from processors.pickup_rate.taking_in import take_in
from shared import clock
from shared.alerts import notifications
from shared.documents.containers import ALERT_EVENTS, ALERT_STATES, CALLS
from tests.integration.alerts.worlds import AlertWorld
from tests.integration.jobs.worlds import MovingClock

TWO_DAYS = timedelta(days=2)
NEVER = "9999-12-31T23:59:59.000Z"


def a_call(**more: Any) -> dict[str, Any]:
    """Return a call's message."""
    return {"call_id": "c1", "merchantId": "m1", "status": "FINISHED", **more}


async def test_an_evaluation_two_days_ahead_mutes_nothing(world: AlertWorld, time: MovingClock) -> None:
    await world.says(lookback_seconds=3600)
    time.now += TWO_DAYS
    assert await world.evaluate(minutes=0) == {"global": "no_data"}
    time.now -= TWO_DAYS
    await world.calls(1, 30)

    assert await world.evaluate() == {"global": "breach"}
    assert (await world.state(), await world.told()) == ("FIRING", ["firing"])
    (state,) = await world.all(ALERT_STATES)
    assert state["evaluatedAt"] < clock.text_now()


async def test_an_alert_that_fired_two_days_ahead_resolves_and_fires_again_as_if_it_had_fired_now(
    world: AlertWorld, time: MovingClock
) -> None:
    await world.says(lookback_seconds=3600)
    time.now += TWO_DAYS
    await world.calls(1, 30)
    assert await world.evaluate(minutes=0) == {"global": "breach"}
    time.now -= TWO_DAYS
    await world.calls(90, 90)

    await world.evaluate(minutes=120)
    await world.calls(1, 30)
    await world.evaluate()

    assert (await world.told()).count("firing") == 2
    assert await world.state() == "FIRING"


async def test_of_two_evaluators_whose_clocks_are_a_little_apart_the_later_still_wins(
    world: AlertWorld, time: MovingClock
) -> None:
    await world.calls(1, 30)
    time.now += timedelta(seconds=110)
    await world.evaluate(minutes=0)
    time.now -= timedelta(seconds=110)

    assert await world.evaluate() == {}


async def test_an_event_two_days_ahead_is_told_at_once(world: AlertWorld, time: MovingClock) -> None:
    at = clock.text_now(TWO_DAYS)
    event = {
        "id": "e1", "clientId": "system", "rule": "pickup-rate", "scope": "global", "kind": "firing", "number": 1,
        "at": at, "group": f"far:firing:{at[:16]}", "title": "Low", "text": "Low", "facts": {}, "sent": {},
        "schemaVersion": 1,
    }  # fmt: skip
    await world.documents.create(ALERT_EVENTS, event)
    await notifications.send(world.services, event)
    before = time.now

    await world.work_off()

    assert time.now == before, "nobody waited"
    assert len(await world.outbox("far:firing")) == 1


async def test_a_call_of_the_year_9999_does_not_freeze(world: AlertWorld, time: MovingClock) -> None:
    queue = world.settings.call_events_queue
    world.queues.put(queue, json.dumps(a_call(updatedAt=NEVER, initiatedAt=NEVER, status="PROCESSING")).encode())
    await world.work_off()
    (stored,) = await world.all(CALLS)
    assert stored["updatedAt"] == stored["initiatedAt"] == clock.text_now(), "when the queue got it"
    assert stored["clamped"] == {"updatedAt": NEVER, "initiatedAt": NEVER}

    time.advance(1)
    world.queues.put(queue, json.dumps(a_call(updatedAt=clock.text_now())).encode())
    await world.work_off()

    (stored,) = await world.all(CALLS)
    assert (stored["status"], "clamped" in stored) == ("FINISHED", False)


async def test_a_call_that_was_stored_so_before_gives_way_to_the_next_update(world: AlertWorld) -> None:
    await world.documents.create(
        CALLS, {"id": "c1", "merchantId": "m1", "status": "PROCESSING", "updatedAt": NEVER, "schemaVersion": 1}
    )

    assert await take_in(world.documents, Call.model_validate(a_call(updatedAt=clock.text_now())))


@pytest.mark.parametrize(("seconds", "ahead"), [(120, False), (121, True)])
async def test_a_producer_whose_clock_is_a_little_ahead_is_believed(
    world: AlertWorld, seconds: float, ahead: bool
) -> None:
    at = clock.text_now(timedelta(seconds=seconds))

    assert clamped(Call.model_validate(a_call(updatedAt=at)), clock.now()) == ({"updatedAt": at} if ahead else {})


async def test_the_same_message_again_changes_nothing(world: AlertWorld, time: MovingClock) -> None:
    queue = world.settings.call_events_queue
    world.queues.put(queue, json.dumps(a_call(updatedAt=NEVER)).encode())
    delivery = world.queues.receive(queue)
    assert delivery is not None
    kind = world.kinds[queue]
    await world.runtime.deliver(kind, delivery)
    before = await world.all(CALLS)
    time.advance(60)

    await world.runtime.deliver(kind, delivery)

    assert await world.all(CALLS) == before
