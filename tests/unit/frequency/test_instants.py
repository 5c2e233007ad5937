"""When does a rule run? By examples: clocks that change, months that are short, days that are listed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from processors.alerts.frequency import between, next_after, parse, preview
from shared import clock

CASES: list[tuple[str, dict[str, Any], str, list[str]]] = [
    (
        "a daily rule keeps its local time when clocks change",
        {"time": "09:00"},
        "2026-03-07T12:00Z",
        ["2026-03-07T09:00-08:00", "2026-03-08T09:00-07:00"],
    ),
    (
        "a skipped time runs once, at the first valid instant",
        {"time": "02:30"},
        "2026-03-07T12:00Z",
        ["2026-03-08T03:00-07:00", "2026-03-09T02:30-07:00"],
    ),
    (
        "several skipped times run once together, even with a time at the first valid instant",
        {"type": "cron", "expression": "0,30 2,3 * * *"},
        "2026-03-08T00:00-08:00",
        ["2026-03-08T03:00-07:00", "2026-03-08T03:30-07:00", "2026-03-09T02:00-07:00"],
    ),
    (
        "a repeated time runs in the first pass alone",
        {"time": "01:30"},
        "2026-11-01T00:00-07:00",
        ["2026-11-01T01:30-07:00", "2026-11-02T01:30-08:00"],
    ),
    (
        "an hourly rule runs in both passes",
        {"type": "hourly", "time": "00:30"},
        "2026-11-01T00:00-07:00",
        ["2026-11-01T00:30-07:00", "2026-11-01T01:30-07:00", "2026-11-01T01:30-08:00", "2026-11-01T02:30-08:00"],
    ),
    (
        "an hourly rule has nothing to make up for where a whole hour is skipped",
        {"type": "hourly", "time": "00:30"},
        "2026-03-08T01:00-08:00",
        ["2026-03-08T01:30-08:00", "2026-03-08T03:30-07:00"],
    ),
    (
        "a wildcard in its hours makes a rule follow real time",
        {"type": "cron", "expression": "15 */1 * * *"},
        "2026-11-01T01:00-07:00",
        ["2026-11-01T01:15-07:00", "2026-11-01T01:15-08:00", "2026-11-01T02:15-08:00"],
    ),
    (
        "so does one in its minutes",
        {"type": "cron", "expression": "*/30 1 * * *"},
        "2026-11-01T00:00-07:00",
        ["2026-11-01T01:00-07:00", "2026-11-01T01:30-07:00", "2026-11-01T01:00-08:00", "2026-11-01T01:30-08:00"],
    ),
    (
        "where half an hour is skipped, the hour runs at its first valid instant",
        {"type": "hourly", "time": "00:15", "timezone": "Australia/Lord_Howe"},
        "2026-10-04T01:00+10:30",
        ["2026-10-04T01:15+10:30", "2026-10-04T02:30+11:00", "2026-10-04T03:15+11:00"],
    ),
    (
        "where half an hour is repeated, a minute in it comes twice",
        {"type": "hourly", "time": "00:45", "timezone": "Australia/Lord_Howe"},
        "2026-04-05T01:00+11:00",
        ["2026-04-05T01:45+11:00", "2026-04-05T01:45+10:30", "2026-04-05T02:45+10:30"],
    ),
    (
        "and one that isn't repeated comes when clocks show it, an hour and a half later",
        {"type": "hourly", "time": "00:15", "timezone": "Australia/Lord_Howe"},
        "2026-04-05T01:00+11:00",
        ["2026-04-05T01:15+11:00", "2026-04-05T02:15+10:30", "2026-04-05T03:15+10:30"],
    ),
    (
        "a zone with an odd offset has hours of its own",
        {"type": "hourly", "time": "00:00", "timezone": "Asia/Kathmandu"},
        "2026-01-01T00:00Z",
        ["2026-01-01T06:00+05:45", "2026-01-01T07:00+05:45"],
    ),
    (
        "all weekdays that are listed count",
        {"type": "weekly", "time": "10:00", "dayOfWeek": ["monday", 3, 7], "timezone": "UTC"},
        "2026-11-22T10:00Z",
        ["2026-11-23T10:00Z", "2026-11-25T10:00Z", "2026-11-29T10:00Z", "2026-11-30T10:00Z"],
    ),
    (
        "a day that a month lacks is left out, and the last one isn't",
        {"type": "monthly", "dayOfMonth": [31], "timezone": "UTC"},
        "2026-01-31T00:00Z",
        ["2026-03-31T00:00Z", "2026-05-31T00:00Z"],
    ),
    (
        "the last day of a month runs once, listed by its number too",
        {"type": "monthly", "dayOfMonth": [31, "last"], "timezone": "UTC"},
        "2028-01-31T00:00Z",
        ["2028-02-29T00:00Z", "2028-03-31T00:00Z", "2028-04-30T00:00Z"],
    ),
    (
        "either day field is enough when both are restricted",
        {"type": "cron", "expression": "0 0 13 * FRI", "timezone": "UTC"},
        "2026-11-01T00:00Z",
        ["2026-11-06T00:00Z", "2026-11-13T00:00Z", "2026-11-20T00:00Z"],
    ),
    (
        "both have to fit when one begins with a wildcard",
        {"type": "cron", "expression": "0 0 */2 * FRI", "timezone": "UTC"},
        "2026-11-01T00:00Z",
        ["2026-11-13T00:00Z", "2026-11-27T00:00Z", "2026-12-11T00:00Z"],
    ),
    (
        "the rarest day is found",
        {"type": "cron", "expression": "0 0 29 2 *", "timezone": "UTC"},
        "2096-03-01T00:00Z",
        ["2104-02-29T00:00Z"],
    ),
]


@pytest.mark.parametrize(("written", "after", "firings"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_rule_runs_when_its_frequency_says(written: dict[str, Any], after: str, firings: list[str]) -> None:
    found = preview(parse(written), datetime.fromisoformat(after), len(firings))

    assert [one.at for one in found] == [datetime.fromisoformat(text) for text in firings]
    assert [one.local.isoformat(timespec="minutes").replace("+00:00", "Z") for one in found] == firings


def test_firings_between_two_times_include_the_second_alone() -> None:
    begin, end = datetime.fromisoformat("2026-11-01T00:00Z"), datetime.fromisoformat("2026-11-03T00:00Z")

    assert list(between(parse({"timezone": "UTC"}), begin, end)) == [datetime.fromisoformat("2026-11-02T00:00Z"), end]


@pytest.mark.parametrize("later", ["00:00.000001", "00:59.999999"])
def test_a_time_within_a_minute_counts_as_later_than_it(later: str) -> None:
    instant = datetime.fromisoformat(f"2026-11-01T00:{later}Z")

    assert next_after(parse({"timezone": "UTC"}), instant) == datetime.fromisoformat("2026-11-02T00:00Z")


def test_firings_end_with_the_calendar() -> None:
    assert next_after(parse(None), datetime.fromisoformat("9998-12-31T23:00Z")) is None


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        next_after(parse(None), clock.now().replace(tzinfo=None))
