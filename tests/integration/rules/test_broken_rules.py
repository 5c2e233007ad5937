"""Does a rule whose document can't be read stop anything but itself?"""

from __future__ import annotations

from typing import Any

import pytest

from operations import rules as operations
from operations import scheduler as operated
from processors.alerts import store
from shared.alerts.states import SYSTEM
from shared.documents.containers import ALERT_RULES
from shared.errors import Permanent
from shared.telemetry.pseudonyms import shown
from tests.actors import ADMIN
from tests.integration.rules.worlds import RuleWorld


@pytest.fixture(
    params=[{"frequency": {"type": "daily", "time": "25:00", "timezone": "UTC"}}, {"condition": {}}, {"carry": None}],
    ids=["frequency", "condition", "carry"],
)
async def world(world: RuleWorld, request: pytest.FixtureRequest) -> RuleWorld:
    """A world of two rules, of which the first is broken after it has fired."""
    await world.create("rule-1")
    await world.create("rule-2")
    world.meter.says = 20.0
    await world.minutes(1)
    world.meter.says = 1.0
    await breaks(world, request.param)
    return world


async def breaks(world: RuleWorld, members: dict[str, Any]) -> None:
    """Let the first rule have members that it can't have."""
    (standing,) = [one async for one in world.documents.query(ALERT_RULES) if one.body["id"] == "rule-1"]
    await world.documents.replace(ALERT_RULES, {**standing.body, **members}, standing.etag)


async def test_the_others_run(world: RuleWorld, caplog: pytest.LogCaptureFixture) -> None:
    world.time.advance(60)

    done = await world.tick()

    assert done.rules == {"broken": 1, "sent": 1}
    assert f"rule {shown('rule-1')} of ~system can't be dispatched" in caplog.text


async def test_the_scheduler_tells_its_status_with_the_broken_one_among_its_jobs(world: RuleWorld) -> None:
    status = await operated.status(world.documents, ADMIN)

    assert [(job["id"], job["state"]) for job in status["jobs"]] == [
        ("alert_rule-2", "FIRING"),
        ("alert_rule-1", "broken"),
    ]
    assert (status["job_count"], status["jobs"][1]["name"]) == (2, "Alert: rule-1")


async def test_a_reload_leaves_it_as_it_is(world: RuleWorld, caplog: pytest.LogCaptureFixture) -> None:
    assert await operated.reload(world.documents, ADMIN) == 1
    assert f"rule {shown('rule-1')} of ~system is left out: Alert rule 'rule-1' can't be read: " in caplog.text


async def test_the_others_are_listed_and_found_by_name(world: RuleWorld) -> None:
    listed = await operations.all_rules(world.documents, ADMIN)

    assert [rule.id for rule in listed.items] == ["rule-2"]
    assert (await operations.show(world.documents, ADMIN, "rule-2")).name == "rule-2"


async def test_whoever_asks_for_it_is_told_what_is_wrong(world: RuleWorld) -> None:
    for asked in (
        operations.show(world.documents, ADMIN, "rule-1"),
        operations.run_now(world.services, ADMIN, "rule-1"),
    ):
        with pytest.raises(Permanent, match="Alert rule 'rule-1' can't be read: ") as told:
            await asked
        assert told.value.code == "rule_broken"


async def test_it_can_be_deleted_and_what_it_told_is_over(world: RuleWorld) -> None:
    gone = await operations.delete(world.services, ADMIN, "rule-1")

    assert gone.id == "rule-1"
    assert await world.told() == ["firing", "firing", "resolved"]
    assert [body["id"] for body in await world.all(ALERT_RULES)] == ["rule-2"]


async def test_it_holds_no_rule_that_runs_after_it(world: RuleWorld) -> None:
    await world.create("rule-3", after=["rule-1"])

    await world.minutes(1)

    assert [one.status for one in await world.records() if "rule-3" in one.key.id] == ["completed"]
    assert await store.get(world.documents, SYSTEM, "rule-3") is not None
