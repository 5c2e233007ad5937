"""Is every member of a rule that makes no sense refused by its name, and nothing stored?"""

from __future__ import annotations

from typing import Any

import pytest

from operations import rules as operations
from shared.documents.containers import ALERT_RULES, ALERT_STATES, JOBS
from shared.errors import UsageError
from tests.actors import ADMIN
from tests.integration.rules.worlds import RuleWorld

RULE = {
    "name": "Few pickups",
    "condition": {"measure": "pickup_call_rate", "scope": "global", "operator": "<", "threshold": 40},
}
INVALID: list[tuple[dict[str, Any], str, str]] = [
    ({"name": ""}, "name", "at least 1 character"),
    ({"name": 7}, "name", "can't be 7"),
    ({"active": "perhaps"}, "active", "can't be 'perhaps'"),
    ({"severity": "loud"}, "severity", "'info', 'warning', 'error' or 'critical'"),
    ({"frequency": "daily"}, "frequency", "can't be 'daily'"),
    ({"frequency": {"type": "dayly"}}, "frequency.type", "daily"),
    ({"frequency": {"type": "daily", "time": "24:00"}}, "frequency.time", "24:00"),
    ({"frequency": {"type": "daily", "timezone": "Europe/Berlln"}}, "frequency.timezone", "Europe/Berlin"),
    ({"frequency": {"type": "daily", "dayOfWeek": [1]}}, "frequency.dayOfWeek", "dayOfWeek"),
    ({"frequency": {"type": "weekly", "dayOfWeek": [8]}}, "frequency.dayOfWeek", "8"),
    ({"frequency": {"type": "weekly", "dayOfWeek": ["mundi"]}}, "frequency.dayOfWeek", "monday"),
    ({"frequency": {"type": "monthly", "dayOfMonth": [32]}}, "frequency.dayOfMonth", "32"),
    ({"frequency": {"type": "hourly", "time": "7"}}, "frequency.time", "'7'"),
    ({"frequency": {"type": "cron", "expression": "0 0 31 2 *"}}, "frequency.expression", "0 0 31 2 *"),
    ({"frequency": {"type": "cron", "expression": "0 0 * *"}}, "frequency.expression", "it takes 5: minute"),
    ({"condition": {"measure": "pickup_call_rat"}}, "condition.measure", "Did you mean 'pickup_call_rate'?"),
    ({"condition": {"measure": None, "ratio": ["llm_usage", "llm_cals"]}}, "condition.ratio", "'llm_calls'"),
    ({"condition": {"ratio": ["llm_usage", "llm_calls"]}}, "condition", "give either measure or ratio"),
    ({"condition": {"measure": None}}, "condition", "give either measure or ratio"),
    ({"condition": {"measure": None, "ratio": ["llm_usage"]}}, "condition.ratio", "ratio"),
    ({"condition": {"scope": "everything"}}, "condition.scope", "Write global, reseller:ID or merchant:ID"),
    ({"condition": {"measure": "llm_usage"}}, "condition.scope", "Write org:ID"),
    ({"condition": {"measure": "llm_usage", "scope": "project:acme"}}, "condition.scope", "project:ORG/PROJECT"),
    ({"condition": {"scope": ""}}, "condition.scope", "at least 1 character"),
    ({"condition": {"options": {"test": True}}}, "condition.options", "Known are: tests, inbound"),
    ({"condition": {"options": {"tests": "yes"}}}, "condition.options", "can't be 'yes'"),
    ({"condition": {"type": "treshold"}}, "condition.type", "'threshold'"),
    ({"condition": {"operator": "!="}}, "condition.operator", "'=='"),
    ({"condition": {"threshold": "many"}}, "condition.threshold", "can't be 'many'"),
    ({"condition": {"threshold": float("nan")}}, "condition.threshold", "finite"),
    ({"condition": {"type": "no_data"}}, "condition", "operator has no meaning with type no_data"),
    (
        {"condition": {"type": "no_data", "operator": None, "threshold": None, "margin": 1}},
        "condition",
        "margin has no",
    ),
    ({"condition": {"windowSeconds": 299}}, "condition.windowSeconds", "300"),
    ({"condition": {"windowSeconds": 32 * 86_400}}, "condition.windowSeconds", "2678400"),
    ({"condition": {"minimumSample": -1}}, "condition.minimumSample", "can't be -1"),
    ({"condition": {"for": 0}}, "condition.for", "can't be 0"),
    ({"condition": {"clearFor": 101}}, "condition.clearFor", "can't be 101"),
    ({"condition": {"margin": -1}}, "condition.margin", "can't be -1"),
    ({"condition": {"treshold": 4}}, "condition.treshold", "Did you mean 'threshold'?"),
    ({"channels": ["slak"]}, "channels", "Did you mean 'slack'?"),
    ({"channels": "slack"}, "channels", "can't be 'slack'"),
    ({"owner": " ada"}, "owner", "can't be ' ada'"),
    ({"owner": "a\x00"}, "owner", "can't be"),
    ({"after": ["nobody"]}, "after", "'nobody'"),
    ({"after": "rule-2"}, "after", "can't be 'rule-2'"),
    ({"after": ["rule-1"] * 21}, "after", "at most 20 items"),
    ({"graceSeconds": 59}, "graceSeconds", "60"),
    ({"jitterSeconds": 86_401}, "jitterSeconds", "86400"),
    ({"severty": "info"}, "severty", "Did you mean 'severity'?"),
    ({"retries": 3}, "retries", "There is no member 'retries'. Known are: name, active"),
]


def laid_over(said: dict[str, Any]) -> dict[str, Any]:
    """Return the valid rule with other members, those of its condition one by one."""
    condition: dict[str, Any] = {**RULE["condition"], **said.get("condition", {})}  # type: ignore[dict-item]
    members = {**RULE, **said, "condition": condition}
    return {**members, "condition": {name: value for name, value in condition.items() if value is not None}}


@pytest.mark.parametrize(("said", "field", "text"), INVALID, ids=[f"{one[1]}: {one[2]}" for one in INVALID])
@pytest.mark.parametrize("how", ["create", "update"])
async def test_what_makes_no_sense_is_refused_by_name(
    world: RuleWorld, how: str, said: dict[str, Any], field: str, text: str
) -> None:
    await operations.create(world.services, ADMIN, RULE, id="rule-1")
    stored = await world.all(ALERT_RULES)

    asked = (
        operations.create(world.services, ADMIN, laid_over(said), id="rule-2")
        if how == "create"
        else operations.update(world.services, ADMIN, "rule-1", said)
    )
    with pytest.raises(UsageError) as refused:
        await asked

    told = str(refused.value)
    assert text in told
    assert field.rpartition(".")[2] in told
    assert told.endswith("Nothing was stored.")
    assert str(refused.value.fields["field"]).startswith(field)
    assert await world.all(ALERT_RULES) == stored
    assert [await world.all(container) for container in (ALERT_STATES, JOBS)] == [[], []]
