"""Does the published schema of a rule take the frequencies that reading takes, and refuse what it refuses?"""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from processors import schemas
from processors.alerts.rule import checked
from shared.errors import UsageError

RULE = Draft202012Validator(schemas.schemas()["alert-rule.schema.json"])
CONDITION = {"measure": "llm_usage", "scope": "org:acme", "operator": ">", "threshold": 100}


@pytest.mark.parametrize(
    "frequency",
    [
        {},
        {"time": "09:00"},
        {"type": "daily", "time": "9:00", "timezone": "Europe/Berlin"},
        {"type": "weekly", "time": "10:00", "dayOfWeek": [1, 3, "friday"]},
        {"type": "monthly", "dayOfMonth": [15, "last"]},
        {"type": "hourly", "time": "00:15"},
        {"type": "cron", "expression": "*/15 9-17 * * MON-FRI", "timezone": "UTC"},
    ],
    ids=str,
)
def test_a_frequency_that_is_read_follows_the_schema(frequency: dict[str, Any]) -> None:
    rule = {"name": "x", "frequency": frequency, "condition": CONDITION}
    checked(rule)

    assert list(RULE.iter_errors(rule)) == []


@pytest.mark.parametrize(
    "frequency",
    [
        {"type": "yearly"},
        {"type": "daily", "time": "25:00"},
        {"type": "weekly", "time": "10:00"},
        {"type": "monthly", "dayOfMonth": []},
        {"type": "cron"},
        {"type": "hourly", "dayOfWeek": [1]},
        {"time": "09:00", "expression": "0 9 * * *"},
    ],
    ids=str,
)
def test_a_frequency_that_is_refused_does_not_follow_the_schema(frequency: dict[str, Any]) -> None:
    rule = {"name": "x", "frequency": frequency, "condition": CONDITION}
    with pytest.raises(UsageError):
        checked(rule)

    assert not RULE.is_valid(rule)
