"""Is what a rule told told to be over once it watches that no more, whatever dies in between?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from operations import rules as operations
from processors.alerts import dispatch_due, endings, scheduler, store
from shared import clock
from shared.alerts import states
from shared.alerts.states import SYSTEM
from shared.documents.containers import ALERT_EVENTS, ALERT_RULES, ALERT_STATES, AUDIT
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Unavailable
from shared.jobs import worker
from tests.actors import ADMIN
from tests.integration.jobs.worlds import MovingClock, WatchedDocuments
from tests.integration.rules.worlds import CONDITION, RuleWorld

CHANGES = {
    "deleted": None,
    "inactive": {"active": False},
    "other scope": {"condition": {"measure": "pickup_call_rate", "scope": "merchant:m1"}},
}


@pytest.fixture
def documents() -> WatchedDocuments:
    """A store whose calls a test lets fail."""
    return WatchedDocuments(SqliteDocuments(":memory:"), [])


@pytest.fixture
def world(world: RuleWorld, documents: WatchedDocuments) -> RuleWorld:
    """A worker on that store."""
    return RuleWorld(world.time, documents)


async def fires(world: RuleWorld, **said: Any) -> None:
    """Create a rule that fires."""
    await world.create(**said)
    world.meter.says = 20.0
    await world.minutes(1)


async def change(world: RuleWorld, how: str) -> None:
    """Change the rule in one of the ways after which it doesn't watch what it told of."""
    said = CHANGES[how]
    if said is None:
        await operations.delete(world.services, ADMIN, "rule-1")
    else:
        await operations.update(world.services, ADMIN, "rule-1", said)


@pytest.mark.parametrize("how", CHANGES)
async def test_what_fires_is_told_to_be_over_when_its_rule_is(world: RuleWorld, how: str) -> None:
    await fires(world)

    await change(world, how)

    assert await world.told() == ["firing", "resolved"]
    assert await world.state() == "OK"
    assert [body.get("leaving") for body in await world.all(ALERT_RULES)] == ([] if how == "deleted" else [None])


@pytest.mark.parametrize("how", CHANGES)
async def test_a_death_before_it_was_told_to_be_over_leaves_that_to_the_next_tick(
    world: RuleWorld, documents: WatchedDocuments, how: str
) -> None:
    await fires(world)
    documents.fail("query alertStates", times=1)
    with pytest.raises(Unavailable):
        await change(world, how)
    assert await world.told() == ["firing"]
    assert [line["rule"] for line in await world.all(AUDIT)] == ["rule-1"], "who did it is known"

    assert [await world.housekeep(), await world.housekeep()] == [1, 0]

    assert await world.told() == ["firing", "resolved"]
    assert [body.get("leaving") for body in await world.all(ALERT_RULES)] == ([] if how == "deleted" else [None])


async def test_a_death_after_it_was_told_to_be_over_tells_nothing_twice(
    world: RuleWorld, documents: WatchedDocuments
) -> None:
    await fires(world)
    documents.fail("alertRule gone", times=1)
    with pytest.raises(Unavailable):
        await change(world, "deleted")

    assert await world.housekeep() == 1

    assert await world.told() == ["firing", "resolved"]
    assert await world.all(ALERT_RULES) == []


async def test_a_rule_whose_end_is_not_told_yet_is_there_for_nobody(world: RuleWorld) -> None:
    await fires(world)
    await world.create("rule-2", after=["rule-1"])
    await world.delete()

    await world.minutes(2)

    assert await store.get(world.documents, SYSTEM, "rule-1") is None
    assert [rule.id async for rule in store.of_client(world.documents, SYSTEM)] == ["rule-2"]
    assert [one.rule.id async for one in store.everything(world.documents) if isinstance(one, store.Held)] == ["rule-2"]
    assert [one.status for one in await world.records() if "rule-2" in one.key.id] == ["completed"] * 2


@pytest.mark.parametrize("how", CHANGES)
async def test_a_run_that_was_under_way_leaves_nothing_that_fires(world: RuleWorld, how: str) -> None:
    """It has read its rule, and writes after the change has told all to be over."""
    await world.create()
    world.meter.says = 20.0
    world.meter.meanwhile = lambda: change(world, how)

    await world.minutes(1)

    assert await world.told() == ["firing", "resolved"]
    assert await world.state() == "OK"


async def test_a_run_that_dies_before_it_has_looked_again_does_so_when_it_is_delivered_again(
    world: RuleWorld, documents: WatchedDocuments
) -> None:
    async def deleted() -> None:
        await change(world, "deleted")
        documents.fail("get alertRules", times=1)

    await world.create()
    world.meter.says, world.meter.meanwhile = 20.0, deleted
    await world.minutes(1)
    told_by_then = await world.told()
    world.time.advance(600)

    await world.work_off()

    assert (told_by_then, await world.told()) == (["firing"], ["firing", "resolved"])
    assert await world.slots() == {"09:01": "slot_skipped"}


async def test_an_edit_before_what_a_crash_left_is_done_leaves_it_to_be_done(
    world: RuleWorld, documents: WatchedDocuments
) -> None:
    await fires(world)
    await world.edit(condition={**CONDITION, "scope": "org:other"})
    await world.edit(name="another")
    world.time.advance(60)
    await world.tick()

    assert [await world.housekeep(), await world.housekeep()] == [1, 0]

    assert await world.told("org:acme") == ["firing", "resolved"]


async def test_what_was_silenced_before_it_was_ever_judged_is_nothing_to_end(world: RuleWorld) -> None:
    await world.create()
    until = clock.now() + timedelta(minutes=30)
    await states.silence(world.documents, SYSTEM, "rule-1", CONDITION["scope"], until, by="ada", why="known")

    await change(world, "deleted")

    assert (await world.all(ALERT_RULES), await world.told()) == ([], [])


async def test_an_alert_whose_rule_then_failed_is_told_to_be_over_in_both_respects(world: RuleWorld) -> None:
    await fires(world)
    world.measures_fail()
    await world.minutes(3)

    await change(world, "deleted")

    assert await world.told() == ["firing", "error", "error_over", "resolved"]
    assert await world.all(ALERT_RULES) == []


async def test_what_is_silenced_is_told_to_be_over_after_the_silence(world: RuleWorld) -> None:
    await fires(world)
    until = clock.now() + timedelta(minutes=30)
    await states.silence(world.documents, SYSTEM, "rule-1", CONDITION["scope"], until, by="ada", why="known")

    await change(world, "deleted")
    during = [await world.housekeep(), await world.told()]
    world.time.advance(31 * 60)

    assert during == [0, ["firing"]]
    assert await world.housekeep() == 1
    assert await world.told() == ["firing", "resolved"]


async def test_it_is_told_to_be_over_by_the_channels_that_told_of_it(world: RuleWorld) -> None:
    await fires(world, channels=["webhook"])

    await change(world, "deleted")

    assert [event["channels"] for event in await world.all(ALERT_EVENTS)] == [["webhook"], ["webhook"]]


async def test_what_one_channel_told_is_told_to_be_over_there_after_its_rule_names_another(world: RuleWorld) -> None:
    await fires(world, channels=["webhook"])
    await world.edit(channels=["slack"])
    world.meter.says = 1.0

    await world.minutes(1)

    assert [event["channels"] for event in await world.all(ALERT_EVENTS)] == [["webhook"], ["webhook", "slack"]]


async def test_a_slot_ahead_of_the_clock_of_whoever_deletes_keeps_nothing_firing(world: RuleWorld) -> None:
    await fires(world)
    world.time.advance(-50)

    await change(world, "deleted")

    assert sorted(await world.told()) == ["firing", "resolved"]
    assert await world.state() == "OK"


@pytest.mark.parametrize("scope", ["org:acme", "org:other"])
async def test_a_rule_created_anew_begins_a_state_and_what_the_earlier_told_is_over(
    world: RuleWorld, scope: str
) -> None:
    """Rule 10, with a death between deleting the earlier one and telling its alert to be over."""
    await fires(world)
    await world.delete()
    world.time.advance(5)

    await world.create(condition={"scope": scope})
    await world.housekeep()
    told_of_the_earlier = await world.told()
    await world.minutes(1)

    assert told_of_the_earlier == ["firing", "resolved"]
    assert await world.told(scope) == (["firing", "resolved"] if scope == "org:acme" else []) + ["firing"]
    assert await world.state(scope) == "FIRING"


async def test_a_rule_created_anew_is_a_later_incarnation_also_by_a_clock_that_is_behind(world: RuleWorld) -> None:
    first = await world.create()
    await world.delete()
    world.time.advance(-50)

    assert (await world.create()).incarnation > first.incarnation


async def test_a_late_slot_of_an_earlier_rule_does_not_end_what_the_present_one_told(world: RuleWorld) -> None:
    await world.create()
    world.time.advance(60)
    await world.tick()
    await world.delete()
    await world.housekeep()
    late = world.queues.receive(world.kind.queue)
    assert late is not None
    await fires(world)

    await world.runtime.deliver(world.kind, late)

    assert (await world.told(), await world.state()) == (["firing"], "FIRING")


async def test_a_rule_that_cannot_be_ended_stops_no_other(world: RuleWorld) -> None:
    await world.create("rule-1")
    await world.create("rule-2")
    world.meter.says = 20.0
    await world.minutes(1)
    await world.delete("rule-1")
    await world.delete("rule-2")
    (broken,) = [one async for one in world.documents.query(ALERT_RULES) if one.body["id"] == "rule-1"]
    await world.documents.replace(ALERT_RULES, {"id": "rule-1", "clientId": SYSTEM, "leaving": True}, broken.etag)

    await endings.finish_all(world.services)

    assert await world.told() == ["firing", "firing", "resolved"]


async def test_nothing_is_left_of_a_rule_that_told_nothing(world: RuleWorld, time: MovingClock) -> None:
    await world.create()
    await world.minutes(1)

    await change(world, "deleted")

    assert (await world.all(ALERT_RULES), await world.told()) == ([], [])
    assert [body["status"] for body in await world.all(ALERT_STATES)] == ["OK"]


async def test_the_timer_ends_what_a_crash_left_also_while_the_scheduler_is_stopped(
    world: RuleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "runtime", lambda: world.runtime)
    await fires(world)
    await world.delete()
    await scheduler.write(world.documents, stopped=True, by="ada")

    await dispatch_due(lambda _: world.kind)

    assert await world.told() == ["firing", "resolved"]
