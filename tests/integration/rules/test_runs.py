"""Does a run evaluate only what is its rule's, and does an alert's state only go forwards? Rules 9 and 10."""

from __future__ import annotations

from datetime import timedelta

import pytest

from operations import rules as operations
from processors.alerts import store
from processors.alerts.identity import key_of
from shared.alerts.states import SYSTEM
from shared.documents.containers import ALERT_EVENTS, ALERT_STATES, JOBS
from shared.errors import Unavailable
from tests.actors import ADMIN
from tests.integration.rules.worlds import RuleWorld


@pytest.mark.parametrize("how", ["deleted", "inactive"])
async def test_a_run_reads_its_rule_after_claiming(world: RuleWorld, how: str) -> None:
    """Rule 9."""
    await world.create()
    world.time.advance(60)
    await world.tick()
    if how == "deleted":
        await store.delete(world.documents, SYSTEM, "rule-1", by="ada")
    else:
        await world.edit(active=False)

    await world.work_off()

    (record,) = await world.records()
    assert (record.status, record.reason and record.reason.message) == ("cancelled", f"its rule is {how}")
    assert world.meter.asked == []


async def test_a_slot_from_before_its_rule_was_created_is_not_the_rules(world: RuleWorld) -> None:
    """Rule 9, with a rule that was deleted and created again under its id."""
    first = await world.create()
    world.time.advance(60)
    await world.tick()
    await store.delete(world.documents, SYSTEM, "rule-1", by="ada")
    second = await world.create()

    await world.work_off()

    assert await world.slots() == {"09:01": "slot_skipped"}
    assert second.incarnation > first.incarnation


async def test_a_users_job_cannot_take_the_place_of_a_clients_alert_job(world: RuleWorld) -> None:
    await world.create(client="acme")
    world.time.advance(60)
    key = key_of("acme", "rule-1", world.time.now)
    await world.documents.create(JOBS, {"id": key.id, "scope": "acme", "schemaVersion": 1})

    await world.tick()
    await world.work_off()

    assert await world.slots("acme") == {"09:01": "completed"}


async def test_a_run_that_comes_late_changes_nothing(world: RuleWorld) -> None:
    """Rule 10: the state is of a later slot already."""
    await world.create()
    world.time.advance(60)
    await world.tick()
    late = world.queues.receive(world.kind.queue)
    assert late is not None
    world.meter.says = 20.0
    world.time.advance(30)
    await operations.run_now(world.services, ADMIN, "rule-1")
    await world.work_off()
    before = await world.all(ALERT_STATES)

    world.meter.says = 1.0
    await world.runtime.deliver(world.kind, late)

    assert await world.all(ALERT_STATES) == before
    assert (await world.state(), await world.told()) == ("FIRING", ["firing"])
    assert set((await world.slots()).values()) == {"completed"}


async def test_a_slot_that_a_wrong_clock_gave_leaves_no_later_run_out(world: RuleWorld) -> None:
    """Someone runs the rule by hand, on a machine whose clock is a year ahead."""
    await world.create()
    world.time.advance(365 * 86_400)
    await operations.run_now(world.services, ADMIN, "rule-1")
    await world.work_off()
    world.time.advance(-365 * 86_400)

    world.meter.says = 20.0
    await world.minutes(1)

    assert await world.state() == "FIRING"


async def test_a_rule_that_a_wrong_clock_created_runs_once_its_schedule_is_said_anew(world: RuleWorld) -> None:
    world.time.advance(365 * 86_400)
    await world.create()
    world.time.advance(-365 * 86_400)

    await operations.update(
        world.services, ADMIN, "rule-1", {"frequency": {"type": "cron", "expression": "*/1 * * * *"}}
    )
    await world.minutes(3)

    assert set((await world.slots()).values()) == {"completed"}


async def test_a_rule_that_cannot_be_evaluated_is_an_error_the_third_time_and_never_ok(world: RuleWorld) -> None:
    await world.create()
    world.measures_fail()

    states = []
    for _ in range(4):
        await world.minutes(1)
        states.append((await world.state(), await world.told()))

    assert states == [("OK", []), ("OK", []), ("ERROR", ["error"]), ("ERROR", ["error"])]
    world.meter.says = 1.0
    await world.minutes(1)
    assert (await world.state(), await world.told()) == ("OK", ["error", "error_over"])


async def test_an_alert_stays_open_while_its_rule_cannot_be_evaluated(world: RuleWorld) -> None:
    await world.create()
    world.meter.says = 20.0
    await world.minutes(1)
    world.measures_fail()
    await world.minutes(4)
    told_meanwhile = await world.told()

    world.meter.says = 1.0
    await world.minutes(2)

    assert told_meanwhile == ["firing", "error"]
    assert await world.told() == ["firing", "error", "error_over", "resolved"]


async def test_a_measure_with_a_defect_is_an_error_of_the_rule(world: RuleWorld) -> None:
    await world.create()
    world.meter.says = ZeroDivisionError("division by zero")

    await world.minutes(3)

    (event,) = await world.all(ALERT_EVENTS)
    assert (event["kind"], event["facts"]["reason"]) == ("error", "ZeroDivisionError: division by zero")
    assert set((await world.slots()).values()) == {"completed"}


async def test_a_store_that_cannot_be_reached_is_no_verdict_and_its_run_is_tried_again(world: RuleWorld) -> None:
    await world.create()
    world.meter.says = Unavailable("the store is down", dependency="store")
    world.time.advance(60)
    await world.tick()

    outcomes = await world.work_off()
    states = await world.all(ALERT_STATES)
    world.meter.says = 20.0
    world.time.advance(600)
    outcomes += await world.work_off()

    assert (states, outcomes[-1]) == ([], "completed")
    assert len(outcomes) > 1
    (record,) = await world.records()
    assert (record.status, await world.told()) == ("completed", ["firing"])
    assert world.meter.asked[-1].window.end == world.time.now - timedelta(seconds=600), "the slot's window"
