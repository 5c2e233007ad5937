"""Where do the times of a rule agree with those of APScheduler 3.11.3, and where don't they?

Between changes of clocks they agree, once its weekdays are written as its own. docs/alert-rules.md lists each
difference; a test here shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger

from processors.alerts.frequency import parse, preview
from shared.errors import UsageError
from tests import frequency_oracle as oracle

LOS_ANGELES = "America/Los_Angeles"


def theirs(trigger: CronTrigger, after: datetime) -> Iterator[datetime]:
    """Yield the times later than `after` at which APScheduler runs a job of this trigger."""
    firing, later = None, after.astimezone(trigger.timezone) + timedelta(microseconds=1)
    while True:
        firing = trigger.get_next_fire_time(firing, firing or later)
        if firing is None:
            return
        yield firing.astimezone(UTC)


def trigger_of(written: dict[str, Any], zone: str) -> CronTrigger:
    """Return the trigger of a frequency, with its weekdays as APScheduler counts them."""
    frequency = parse(written)
    minute, hour, day, month, week = frequency.cron().split()
    if frequency.type == "weekly":
        week = ",".join(oracle.DAY_NAMES[int(one)] for one in week.split(","))
    return CronTrigger(
        minute=minute, hour=hour, day=day.replace("L", "last"), month=month, day_of_week=week, timezone=ZoneInfo(zone)
    )


@pytest.mark.parametrize("zone", oracle.ZONES)
def test_they_agree_between_changes_of_clocks(zone: str) -> None:
    random, changes = Random(zone), [*oracle.changes(ZoneInfo(zone))]
    for type_ in ("daily", "weekly", "monthly", "hourly") * 5:
        written = oracle.draw(random, type_, (0, 12, 23)).written
        begin = oracle.BEGIN + random.randrange(7000) * timedelta(days=1) + timedelta(days=2)
        end = next((day for day in changes if day > begin - timedelta(days=2)), oracle.END) - timedelta(days=1)
        ours = [one.at for one in preview(parse(written | {"timezone": zone}), begin, 40) if one.at < end]

        assert list(islice(theirs(trigger_of(written, zone), begin), len(ours))) == ours, (begin, written)


@pytest.mark.parametrize(
    "expression", ["0 9 * * *", "*/15 9-17 * * *", "0 0 1,15 * *", "30 4/3 1-7 */2 *", "0 0 * * FRI"]
)
def test_they_agree_on_expressions_whose_words_both_have(expression: str) -> None:
    after = datetime(2026, 1, 1, tzinfo=UTC)
    ours = [one.at for one in preview(parse({"type": "cron", "expression": expression, "timezone": "UTC"}), after, 300)]

    assert list(islice(theirs(CronTrigger.from_crontab(expression, timezone=UTC), after), 300)) == ours


def both(written: dict[str, Any], trigger: CronTrigger, after: str, count: int) -> tuple[list[str], list[str]]:
    """Return our next times and theirs, as local times."""
    instant, zone = datetime.fromisoformat(after), trigger.timezone
    ours = [one.local for one in preview(parse(written | {"timezone": zone.key}), instant, count)]
    others = [one.astimezone(zone) for one in islice(theirs(trigger, instant), count)]
    return [one.isoformat(timespec="minutes") for one in ours], [one.isoformat(timespec="minutes") for one in others]


def crontab(expression: str, after: str, count: int, zone: str = LOS_ANGELES) -> tuple[list[str], list[str]]:
    """Return our next times of an expression, and those of APScheduler's from_crontab, as local times."""
    trigger = CronTrigger.from_crontab(expression, timezone=ZoneInfo(zone))
    return both({"type": "cron", "expression": expression}, trigger, after, count)


def test_its_weekday_0_is_monday() -> None:
    ours, others = crontab("0 9 * * 0", "2026-11-03T00:00Z", 1)

    assert (ours, others) == (["2026-11-08T09:00-08:00"], ["2026-11-09T09:00-08:00"])


def test_it_has_no_weekday_7_and_no_l() -> None:
    for expression in ("0 9 * * 7", "0 9 L * *"):
        assert preview(parse({"type": "cron", "expression": expression}), datetime(2026, 1, 1, tzinfo=UTC), 1)
        with pytest.raises(ValueError, match=r"7|L"):
            CronTrigger.from_crontab(expression)


def test_it_wants_both_day_fields_to_fit() -> None:
    ours, others = crontab("0 9 13 * FRI", "2026-11-01T00:00Z", 2)

    assert ours == ["2026-11-06T09:00-08:00", "2026-11-13T09:00-08:00"]
    assert others == ["2026-11-13T09:00-08:00", "2027-08-13T09:00-07:00"]


def test_a_repeated_time_runs_twice_there() -> None:
    ours, others = crontab("30 1 * * *", "2026-11-01T00:00-07:00", 2)

    assert ours == ["2026-11-01T01:30-07:00", "2026-11-02T01:30-08:00"]
    assert others == ["2026-11-01T01:30-07:00", "2026-11-01T01:30-08:00"]


def test_a_skipped_time_runs_an_hour_late_there() -> None:
    ours, others = crontab("30 2 * * *", "2026-03-08T00:00-08:00", 1)

    assert (ours, others) == (["2026-03-08T03:00-07:00"], ["2026-03-08T03:30-07:00"])


def test_skipped_times_are_told_from_the_first_valid_instant_there() -> None:
    ours, others = crontab("0,30 2 * * *", "2026-03-08T00:00-08:00", 2)

    assert ours == ["2026-03-08T03:00-07:00", "2026-03-09T02:00-07:00"]
    assert others == ["2026-03-08T03:00-07:00", "2026-03-09T02:00-07:00"]


def test_a_skipped_midnight_costs_the_day_there() -> None:
    ours, others = crontab("0 0 * * *", "2026-03-07T12:00Z", 1, "America/Havana")

    assert (ours, others) == (["2026-03-08T01:00-04:00"], ["2026-03-09T00:00-04:00"])


def test_a_wildcard_minute_of_a_skipped_hour_runs_there() -> None:
    ours, others = crontab("*/15 2 * * *", "2026-03-08T01:50-08:00", 1)

    assert (ours, others) == (["2026-03-09T02:00-07:00"], ["2026-03-08T03:00-07:00"])


def test_a_skipped_half_hour_costs_an_hourly_run_there() -> None:
    ours, others = crontab("15 * * * *", "2026-10-04T01:20+10:30", 1, "Australia/Lord_Howe")

    assert (ours, others) == (["2026-10-04T02:30+11:00"], ["2026-10-04T03:15+11:00"])


def test_a_time_that_is_now_is_the_next_one_there() -> None:
    now = datetime(2026, 1, 1, 9, tzinfo=UTC)
    daily = parse({"time": "09:00", "timezone": "UTC"})

    assert CronTrigger(hour=9, timezone=UTC).get_next_fire_time(None, now) == now
    assert [one.at for one in preview(daily, now, 1)] == [now + timedelta(days=1)]


def test_what_never_comes_is_refused_here_and_silent_there() -> None:
    with pytest.raises(UsageError, match="never comes"):
        parse({"type": "cron", "expression": "0 0 31 2 *"})

    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert CronTrigger.from_crontab("0 0 31 2 *", timezone=UTC).get_next_fire_time(None, now) is None
