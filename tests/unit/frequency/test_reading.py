"""How are frequencies read, what form do they take, and what does whoever writes a wrong one learn?"""

from __future__ import annotations

from typing import Any

import pytest

from processors.alerts.frequency import parse
from shared.errors import UsageError

LOS_ANGELES = {"timezone": "America/Los_Angeles"}
READ: list[tuple[object, dict[str, Any], str]] = [
    (None, {"type": "daily", "time": "00:00"}, "0 0 * * *"),
    ({}, {"type": "daily", "time": "00:00"}, "0 0 * * *"),
    ({"time": "9:05"}, {"type": "daily", "time": "09:05"}, "5 9 * * *"),
    ({"type": "daily", "time": "09:00"}, {"type": "daily", "time": "09:00"}, "0 9 * * *"),
    (
        {"type": "weekly", "time": "10:00", "dayOfWeek": ["Friday", 3, "mon", 1]},
        {"type": "weekly", "time": "10:00", "dayOfWeek": [1, 3, 5]},
        "0 10 * * 1,3,5",
    ),
    ({"type": "weekly", "dayOfWeek": [7]}, {"type": "weekly", "time": "00:00", "dayOfWeek": [0]}, "0 0 * * 0"),
    ({"type": "weekly", "dayOfWeek": "sun"}, {"type": "weekly", "time": "00:00", "dayOfWeek": [0]}, "0 0 * * 0"),
    (
        {"type": "monthly", "time": "23:59", "dayOfMonth": ["last", 31, 1]},
        {"type": "monthly", "time": "23:59", "dayOfMonth": [1, 31, "last"]},
        "59 23 1,31,L * *",
    ),
    ({"type": "hourly", "time": "00:15"}, {"type": "hourly", "time": "00:15"}, "15 * * * *"),
    (
        {"type": "cron", "expression": " */15 9-17 l jan,Jul  mon-fri "},
        {"type": "cron", "expression": "*/15 9-17 L JAN,JUL MON-FRI"},
        "*/15 9-17 L JAN,JUL MON-FRI",
    ),
]
REFUSED: list[tuple[object, str, str]] = [
    ("daily", "frequency", '{"type": "daily", "time": "09:00"}'),
    ({"type": "dayly"}, "type", "Did you mean 'daily'? Known are: daily, weekly, monthly, hourly, cron."),
    ({"type": ["daily"]}, "type", "['daily']"),
    ({"tme": "09:00"}, "tme", "A daily frequency has no member 'tme'. Did you mean 'time'?"),
    ({"dayOfWeek": [1]}, "dayOfWeek", "It takes type, time, timezone."),
    ({"type": "cron", "expression": "0 9 * * *", "time": "09:00"}, "time", "A cron frequency has no member 'time'."),
    ({"timezone": "Europe/Berln"}, "timezone", "'Europe/Berln'. Did you mean 'Europe/Berlin'?"),
    ({"timezone": "right/Europe/Berlin"}, "timezone", "such as Europe/Berlin"),
    ({"timezone": "../passwd"}, "timezone", "such as Europe/Berlin"),
    ({"timezone": ""}, "timezone", "such as Europe/Berlin"),
    ({"timezone": 1}, "timezone", "such as Europe/Berlin"),
    ({"time": "24:00"}, "time", '\'24:00\'. It takes a text from "00:00" to "23:59".'),
    ({"time": "09:00:00"}, "time", "'09:00:00'"),
    ({"time": 900}, "time", "900"),
    ({"type": "weekly"}, "dayOfWeek", "A weekly frequency needs dayOfWeek."),
    ({"type": "weekly", "dayOfWeek": []}, "dayOfWeek", "A weekly frequency needs dayOfWeek."),
    ({"type": "weekly", "dayOfWeek": [1, 8]}, "dayOfWeek", "8. Days are 0 to 6"),
    ({"type": "weekly", "dayOfWeek": [True]}, "dayOfWeek", "True"),
    ({"type": "weekly", "dayOfWeek": ["mondy"]}, "dayOfWeek", "Did you mean 'monday'?"),
    ({"type": "monthly"}, "dayOfMonth", "needs dayOfMonth"),
    ({"type": "monthly", "dayOfMonth": [0]}, "dayOfMonth", '0. Days are 1 to 31, or "last".'),
    ({"type": "monthly", "dayOfMonth": ["lst"]}, "dayOfMonth", "Did you mean 'last'?"),
    ({"type": "cron"}, "expression", "A cron frequency needs expression. It takes a text of five fields"),
    ({"type": "cron", "expression": "0 9 * *"}, "expression", "It has 4 fields; it takes 5"),
    ({"type": "cron", "expression": "0 0 9 * * *"}, "expression", "It has 6 fields"),
    ({"type": "cron", "expression": "60 9 * * *"}, "expression", "It has '60' as its minute, which takes 0 to 59."),
    ({"type": "cron", "expression": "0 9 * * FRI-MON"}, "expression", "It has 'FRI-MON' as its day-of-week"),
    ({"type": "cron", "expression": "0 9 31 2 *"}, "expression", "It never comes"),
    ({"type": "cron", "expression": "0 9 31 4,6,9,11 *"}, "expression", "It never comes"),
    ({"type": "cron", "expression": "0 " * 500}, "expression", "It has 999 characters"),
]


@pytest.mark.parametrize(("written", "canonical", "cron"), READ)
def test_what_users_write_takes_a_canonical_form_and_a_cron_form(
    written: object, canonical: dict[str, Any], cron: str
) -> None:
    found = parse(written)

    assert found.as_json() == canonical | LOS_ANGELES
    assert found.cron() == cron
    assert parse(found.as_json()) == found


@pytest.mark.parametrize(("written", "member", "said"), REFUSED)
def test_a_wrong_frequency_is_refused_with_its_member_and_a_remedy(written: object, member: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(written)

    assert refused.value.code == "frequency_invalid"
    assert refused.value.fields == {"field": member}
    assert said in str(refused.value)


def test_a_long_value_is_told_in_short() -> None:
    with pytest.raises(UsageError) as refused:
        parse({"timezone": "x" * 10_000})

    assert len(str(refused.value)) < 300


def test_a_range_of_days_may_end_with_sunday_as_7() -> None:
    assert (
        parse({"type": "cron", "expression": "0 9 * * 5-7"}).pattern
        == parse({"type": "cron", "expression": "0 9 * * 0,fri,SAT"}).pattern
    )
