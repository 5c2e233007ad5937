"""What does the text of a timer's schedule mean?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from devhost import schedules
from devhost.errors import FunctionInError
from devhost.ncrontab import NEVER, Ncrontab
from devhost.schedules import Every

AT = datetime(2026, 11, 24, 9, 0, 30, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("01:00:00", timedelta(hours=1)),
        ("00:01:00", timedelta(minutes=1)),
        ("25:00:00:00", timedelta(days=25)),
        ("1.00:00:00", timedelta(days=1)),
        ("00:30", timedelta(minutes=30)),
        ("00:00:00.25", timedelta(milliseconds=250)),
        ("2", timedelta(days=2)),
    ],
)
def test_a_time_span_counts_from_the_start_of_a_run(text: str, span: timedelta) -> None:
    assert schedules.parse(text).after(AT) == AT + span


def test_hours_beyond_23_are_days() -> None:
    assert schedules.parse("24:00:00").after(AT) == AT + timedelta(days=24)


def test_several_words_are_ncrontab() -> None:
    assert isinstance(schedules.parse(" 0 */5 * * * * "), Ncrontab)


@pytest.mark.parametrize("text", ["", "soon", "00:60:00", "-00:01:00", "24:00", "@hourly", "00:00:61"])
def test_what_is_neither_span_nor_expression_is_refused_with_both_forms(text: str) -> None:
    with pytest.raises(FunctionInError, match=r"neither NCRONTAB .* nor a time span hh:mm:ss"):
        schedules.parse(text)


def test_a_span_of_nothing_is_refused() -> None:
    with pytest.raises(FunctionInError, match="no time between"):
        schedules.parse("00:00:00")


def test_spans_below_a_minute_go_without_status() -> None:
    assert schedules.parse("00:00:59").fires_within_each_minute()
    assert not schedules.parse("00:01:00").fires_within_each_minute()


def test_a_span_beyond_the_calendar_never_ends() -> None:
    assert Every(timedelta(days=99_999_999)).after(AT) == NEVER
