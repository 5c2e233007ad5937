"""Are the times of a rule those that a brute force finds, minute by minute, whatever clocks do?

Three days around changes of clocks and ends of months, and whole weeks, from 2020 to 2040: some of them here, all of
them with ./scripts/chaos --frequencies.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from processors.alerts.frequency import between, next_after, parse
from tests import frequency_oracle as oracle
from tests.frequency_oracle import DAY, HOUR, Minute

ALL = bool(os.environ.get("NIGHTSHIFT_ALL_FREQUENCIES"))
SEED = int(os.environ.get("NIGHTSHIFT_FREQUENCY_SEED", "1"))
TYPES = ("daily", "weekly", "monthly", "hourly", "cron", "cron")
ANY_HOURS = (0, 1, 2, 3, 23)


def windows(zone: ZoneInfo, random: Random) -> Iterator[tuple[datetime, int]]:
    """Yield the windows of a zone, as their beginning and days: all of them, or a sample."""
    changes, ends = list(oracle.changes(zone)), oracle.month_ends()
    if not ALL:
        changes, ends = random.sample(changes, min(10, len(changes))), random.sample(ends, 4)
    for day in [*changes, *ends]:
        yield day - DAY, 3
    for _ in range(100 if ALL else 1):
        yield oracle.BEGIN + random.randrange((oracle.END - oracle.BEGIN).days) * DAY, 7


def hours_of_interest(found: tuple[Minute, ...]) -> tuple[int, ...]:
    """Return the local hours that were skipped or repeated; any when none was."""
    return (
        tuple({wall.hour for one in found for wall in (*one.skipped, *(() if one.first else (one.wall,)))}) or ANY_HOURS
    )


@pytest.mark.parametrize("zone", oracle.ZONES)
def test_a_rule_runs_at_the_minutes_that_a_brute_force_finds(zone: str) -> None:
    random = Random(f"{SEED} {zone}")
    for begin, days in windows(ZoneInfo(zone), random):
        found = oracle.minutes(ZoneInfo(zone), begin, days)
        hours = hours_of_interest(found)
        for one in (oracle.draw(random, type_, hours) for type_ in TYPES for _ in range(3 if ALL else 1)):
            frequency = parse(one.written | {"timezone": zone})
            expected = [minute.at for minute in found if one.runs(minute)]

            assert list(between(frequency, begin, found[-1].at)) == expected, (zone, begin, one.written)


@pytest.mark.parametrize("zone", oracle.ZONES)
def test_the_first_time_after_any_instant_is_the_one_that_a_brute_force_finds(zone: str) -> None:
    random = Random(f"{SEED} {zone} instants")
    begin = random.choice([*oracle.changes(ZoneInfo(zone)), *oracle.month_ends()[:3]]) - DAY
    found = oracle.minutes(ZoneInfo(zone), begin, 3)
    for one in (oracle.draw(random, type_, hours_of_interest(found)) for type_ in TYPES):
        frequency = parse(one.written | {"timezone": zone})
        expected = [minute.at for minute in found if one.runs(minute)]
        for _ in range(200 if ALL else 20):
            instant = begin + timedelta(microseconds=random.randrange(3 * 86_400_000_000))
            later = next((at for at in expected if at > instant), None)
            firing = next_after(frequency, instant)

            assert later == firing if later else firing is None or firing > found[-1].at, (instant, one.written)


@pytest.mark.parametrize("zone", oracle.ZONES)
def test_the_zone_in_which_an_instant_is_written_makes_no_difference(zone: str) -> None:
    """Of instants in UTC it is known for whole months that clocks don't change."""
    random = Random(f"{SEED} {zone} anywhere")
    elsewhere = timezone(HOUR)
    for one in (oracle.draw(random, type_, ANY_HOURS) for type_ in TYPES for _ in range(5)):
        frequency = parse(one.written | {"timezone": zone})
        for _ in range(500 if ALL else 20):
            instant = oracle.BEGIN + timedelta(seconds=random.randrange(21 * 366 * 86_400))

            found = next_after(frequency, instant)

            assert found == next_after(frequency, instant.astimezone(elsewhere)), (instant, one.written)


@pytest.mark.parametrize("zone", oracle.ZONES)
@pytest.mark.parametrize(
    "written", [{"type": "hourly", "time": "00:15"}, {"type": "cron", "expression": "15,45 * * * *"}]
)
def test_no_real_hour_goes_without_a_run_of_a_rule_of_all_hours(zone: str, written: dict[str, Any]) -> None:
    frequency = parse(written | {"timezone": zone})
    repeats_half_an_hour = zone == "Australia/Lord_Howe" and written["type"] == "hourly"
    longest = HOUR
    for day in oracle.changes(ZoneInfo(zone)):
        firings = list(between(frequency, day - DAY, day + 2 * DAY))
        longest = max(longest, *(later - earlier for earlier, later in pairwise(firings)))

    assert longest == HOUR * (1.5 if repeats_half_an_hour else 1)
