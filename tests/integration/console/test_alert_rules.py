"""The form of an alert rule: its times as one types, its backtest before it is stored, creating and changing it."""

from __future__ import annotations

import pytest

from api.console import rule_form
from operations import rules
from operations.answers import to_json
from tests.actors import ADMIN
from tests.integration.api.worlds import ApiWorld
from tests.integration.console.browser import Browser
from tests.integration.console.hostile import is_harmless
from tests.integration.console.test_alerts import stored
from tests.integration.console.test_pickup_rate import calls

NEW = {"name": "Few pickups", "measure": "pickup_call_rate", "threshold": "40", "window": "1h", "operator": "<"}
CRON = {"type": "cron", "expression": "0 9 * * 1-5", "timezone": "UTC"}


async def test_next_times_are_shown_while_one_types_the_frequency(admins: Browser) -> None:
    page = await admins.get("/console/alerts/new")
    field = page.one("fieldset[hx-get]").attributes
    assert (field["hx-get"], field["hx-target"]) == ("/console/alerts/times", "#times")
    times = await admins.client.get("/console/alerts/times", params=CRON)
    assert "2026-11-24 09:00:00" in times.text
    assert "<html" not in times.text
    wrong = await admins.client.get("/console/alerts/times", params={**CRON, "expression": "0 9 * *"})
    assert wrong.status_code == 200
    assert "expression" in wrong.text


async def test_a_rule_is_backtested_before_it_is_stored(world: ApiWorld, admins: Browser) -> None:
    await calls(world, 1, 10, hours_ago=26)
    page = await admins.get("/console/alerts/new")
    tried = await admins.send(page, "/console/alerts/try", **NEW, type="hourly", time="00:00", backtest_days="3")
    assert tried.status == 200
    assert "It would have fired once" in tried.text
    assert tried.tree.css("svg.chart rect.fires")
    assert tried.one("input[name=threshold]").attributes["value"] == "40"
    assert (await rules.all_rules(world.documents, ADMIN)).items == ()


async def test_without_data_the_form_says_why_there_is_no_backtest(admins: Browser) -> None:
    page = await admins.get("/console/alerts/new")
    tried = await admins.send(page, "/console/alerts/try", **NEW)
    assert "No backtest: There is no data" in tried.text
    wrong = await admins.send(page, "/console/alerts/try", **{**NEW, "measure": "pickup_cal_rate"})
    assert "Did you mean" in wrong.text or "pickup_call_rate" in wrong.text


async def test_a_rule_is_created_and_shown(world: ApiWorld, admins: Browser) -> None:
    page = await admins.get("/console/alerts/new")
    fields = {**rule_form.EMPTY, **NEW, **CRON}
    token = page.one("form.rule input[name=token]").attributes["value"]
    done = await admins.post("/console/alerts/save", token=token, **fields)
    assert "Rule Few pickups is stored." in done.text
    assert done.one("h1").text() == "Few pickups"
    (rule,) = (await rules.all_rules(world.documents, ADMIN)).items
    assert (rule.cron, rule.condition["threshold"], rule.active) == ("0 9 * * 1-5", 40, True)


async def test_what_cannot_be_is_told_beside_what_was_typed(admins: Browser) -> None:
    page = await admins.get("/console/alerts/new")
    token = page.one("form.rule input[name=token]").attributes["value"]
    wrong = await admins.post(
        "/console/alerts/save", token=token, **{**rule_form.EMPTY, **NEW, "threshold": "<script>x"}
    )
    assert (wrong.status, "condition.threshold" in wrong.text) == (422, True)
    assert wrong.one("input[name=threshold]").attributes["value"] == "<script>x"
    assert is_harmless(wrong)


async def test_a_change_is_stored_over_the_version_that_was_shown_alone(world: ApiWorld, admins: Browser) -> None:
    rule = await stored(world)
    page = await admins.get(f"/console/alerts/rules/{rule}/edit")
    fields = {**rule_form.filled(to_json(await rules.show(world.documents, ADMIN, rule))), "threshold": "35"}
    given = {name: page.one(f"form.rule input[name={name}]").attributes["value"] for name in ("token", "id", "version")}
    done = await admins.post("/console/alerts/save", **fields, **given)
    assert "Rule Few pickups is changed." in done.text
    assert (await rules.show(world.documents, ADMIN, rule)).condition["threshold"] == 35
    again = await admins.post("/console/alerts/save", **{**fields, "threshold": "30"}, **given)
    assert again.status in (409, 412)
    assert (await rules.show(world.documents, ADMIN, rule)).condition["threshold"] == 35


async def test_a_rule_is_run_and_deleted(world: ApiWorld, admins: Browser) -> None:
    rule = await stored(world)
    page = await admins.get(f"/console/alerts/rules/{rule}")
    assert "A run is asked for" in (await admins.send(page, f"/console/alerts/rules/{rule}/run")).text
    gone = await admins.send(page, f"/console/alerts/rules/{rule}/delete")
    assert "Rule Few pickups is deleted." in gone.text
    assert "No rules." in gone.text


async def test_an_operator_has_rules_evaluated_and_silent_but_changes_none(world: ApiWorld, browser: Browser) -> None:
    rule = await stored(world)
    page = await browser.get(f"/console/alerts/rules/{rule}")
    assert [form.attributes["action"] for form in page.tree.css("section[aria-labelledby=do] form")] == [
        f"/console/alerts/rules/{rule}/run",
        "/console/alerts/silence",
    ]
    assert not page.tree.css(f"a[href^='/console/alerts/rules/{rule}/edit']")
    assert (await browser.get("/console/alerts/new")).status == 403


@pytest.mark.parametrize(
    "frequency",
    [
        {"type": "daily", "time": "09:00", "timezone": "Europe/Berlin"},
        {"type": "weekly", "time": "09:00", "dayOfWeek": [1, 3], "timezone": "UTC"},
        {"type": "monthly", "time": "07:30", "dayOfMonth": [1, "last"], "timezone": "UTC"},
        {"type": "hourly", "time": "00:15", "timezone": "UTC"},
        CRON,
    ],
)
async def test_a_form_that_nothing_is_changed_in_changes_nothing(world: ApiWorld, frequency: dict[str, object]) -> None:
    condition = {
        "type": "change_percent", "ratio": ["llm_usage", "llm_calls"], "scope": "org:acme", "operator": ">",
        "threshold": 12.5, "windowSeconds": 5400, "for": 2, "margin": 0.5, "remindSeconds": 86_400,
    }  # fmt: skip
    rule = await stored(world, frequency=frequency, condition=condition, channels=["outbox"], graceSeconds=90)
    before = await rules.show(world.documents, ADMIN, rule)
    members = rule_form.said(rule_form.filled(to_json(before)))
    after = await rules.update(world.services, ADMIN, rule, members)
    assert after == before
