"""How does a person say since when and how long, and how are instants and ages told?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from cli import times
from shared import clock
from shared.errors import UsageError

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with clock.running_on(lambda: NOON):
        yield


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("90m", "2026-11-23T10:30:00.000Z"),
        ("2h", "2026-11-23T10:00:00.000Z"),
        ("3d", "2026-11-20T12:00:00.000Z"),
        ("2026-11-23T13:00:00+02:00", "2026-11-23T11:00:00.000Z"),
    ],
)
def test_since_takes_lengths_of_time_and_instants(text: str, instant: str) -> None:
    assert clock.to_text(times.since(text)) == instant


@pytest.mark.parametrize("text", ["", "yesterday", "2 h", "-1h", "2026-11-23T13:00:00", "999999d"])
def test_since_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(UsageError, match="is no time"):
        times.since(text)


@pytest.mark.parametrize(
    ("instant", "told"),
    [
        ("2026-11-23T12:00:00.000Z", "0 s ago"),
        ("2026-11-23T11:58:50.000Z", "1 m 10 s ago"),
        ("2026-11-20T07:58:50.000Z", "3 d 4 h ago"),
        ("2026-11-23T12:00:09.000Z", "0 s ago"),
        ("2026-11-25T15:00:00.000Z", "in 2 d 3 h"),
        (None, ""),
    ],
)
def test_an_age_is_told_in_two_units(instant: str | None, told: str) -> None:
    assert times.age(instant) == told


@pytest.mark.parametrize(("text", "seconds"), [("45s", 45), ("30m", 1800), ("2h", 7200), ("3d", 259_200)])
def test_a_duration_is_a_length_of_time(text: str, seconds: int) -> None:
    assert times.duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "0m", "soon", "2026-11-23T11:00:00Z"])
def test_a_duration_is_no_instant_and_not_nothing(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no length of time\. Write 30m, 2h or 3d"):
        times.duration(text)


@pytest.mark.parametrize(
    ("instant", "told"),
    [
        ("2026-11-23T02:31:07.000Z", "02:31:07"),
        ("2026-11-23T23:59:59.000Z", "23:59:59"),
        ("2026-11-22T23:59:59.000Z", "22 Nov 23:59"),
        ("2025-12-31T00:00:00.000Z", "2025-12-31"),
        (None, ""),
    ],
)
def test_a_short_instant_has_its_date_when_it_is_not_today(instant: str | None, told: str) -> None:
    assert times.short(instant) == told
