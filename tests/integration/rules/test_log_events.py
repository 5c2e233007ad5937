"""Does the log tell of each slot what became of it, with the fields that one filters by?"""

from __future__ import annotations

import logging
from typing import Any

import pytest

from operations import rules as operations
from shared.alerts.states import SYSTEM
from tests.actors import ADMIN
from tests.integration.rules.worlds import RuleWorld

SLOT = {"client": "acme", "rule": "rule-1", "slot": "2026-11-23T09:01:00.000Z"}


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The log, with its events of rules."""
    caplog.set_level(logging.INFO, "nightshift.alerts")
    return caplog


def events(told: pytest.LogCaptureFixture) -> list[tuple[str, dict[str, Any]]]:
    """Return the events of alert rules with their fields, in order."""
    found = [record for record in told.records if record.getMessage().startswith("alert rule ")]
    return [(record.getMessage().removeprefix("alert rule "), record.__dict__["fields"]) for record in found]


async def test_a_slot_is_scheduled_and_ran(world: RuleWorld, told: pytest.LogCaptureFixture) -> None:
    await world.create(client="acme")
    world.time.advance(62.5)

    await world.tick()
    await world.work_off()

    scheduled, ran = events(told)
    assert scheduled == ("scheduled", SLOT)
    assert ran == (
        "ran",
        {
            **SLOT,
            "verdict": "clear",
            "reason": "1 %, threshold > 10 %",
            "state": "OK",
            "by": "00000000-0000-0000-0000-000000000000",
            "late_s": 2.5,
            "duration_ms": 0.0,
        },
    )


async def test_a_run_by_hand_tells_by_whom(world: RuleWorld, told: pytest.LogCaptureFixture) -> None:
    await world.create()
    world.time.advance(5)

    await operations.run_now(world.services, ADMIN, "rule-1")
    await world.work_off()

    ((what, fields),) = events(told)
    assert (what, fields["by"], fields["slot"], "client" in fields) == (
        "ran", ADMIN.name, "2026-11-23T09:00:05.000Z", False,
    )  # fmt: skip


async def test_an_evaluation_failed(world: RuleWorld, told: pytest.LogCaptureFixture) -> None:
    await world.create(client="acme")
    world.measures_fail()

    await world.minutes(1)

    (_, (what, fields)) = events(told)
    assert (what, told.records[-1].levelno) == ("failed", logging.WARNING)
    said = {name: fields[name] for name in ("client", "rule", "slot", "verdict", "code", "state")}
    assert said == {**SLOT, "verdict": "error", "code": "metrics_behind", "state": "OK"}
    assert "reason" not in fields, "the text of an error may quote what it met"


async def test_older_and_late_slots_are_missed(world: RuleWorld, told: pytest.LogCaptureFixture) -> None:
    await world.create(client="acme", graceSeconds=60, frequency={"type": "hourly", "time": "00:01", "timezone": "UTC"})
    world.time.advance(3 * 3600)

    await world.tick()

    first, second, third = events(told)
    assert first == ("missed", {**SLOT, "why": "a later slot was due too"})
    assert [second[1]["slot"], third[1]["slot"]] == ["2026-11-23T10:01:00.000Z", "2026-11-23T11:01:00.000Z"]
    assert third == ("missed", {**third[1], "why": "it is more than 60 s late"})


async def test_a_slot_of_an_inactive_rule_is_skipped_by_the_dispatcher(
    world: RuleWorld, told: pytest.LogCaptureFixture
) -> None:
    await world.create(client="acme", frequency={"type": "hourly", "time": "00:01", "timezone": "UTC"})
    world.time.advance(60)
    await world.edit(client="acme", active=False)

    await world.tick()

    assert events(told) == [("skipped", {**SLOT, "why": "its rule is inactive"})]


async def test_a_slot_whose_rule_is_gone_is_skipped_by_its_run(
    world: RuleWorld, told: pytest.LogCaptureFixture
) -> None:
    await world.create(client="acme")
    world.time.advance(60)
    await world.tick()
    await world.delete(client="acme")

    await world.work_off()

    assert events(told)[1:] == [("skipped", {**SLOT, "why": "its rule is deleted"})]


async def test_the_apps_own_rules_have_no_client_in_any_event(world: RuleWorld, told: pytest.LogCaptureFixture) -> None:
    await world.create(client=SYSTEM)
    await world.minutes(1)
    world.time.advance(120)
    await world.tick()

    assert [what for what, _ in events(told)] == ["scheduled", "ran", "missed", "scheduled"]
    assert not any("client" in fields for _, fields in events(told))
