"""What does the host make of the status it finds at its start, and of a run?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from devhost import schedule_status, schedules
from devhost.schedule_status import NEVER_RAN, Status

HOURLY = schedules.parse("0 0 * * * *")
DAILY = schedules.parse("0 0 6 * * *")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC)


def test_status_is_written_with_the_hosts_members_and_never_as_year_1() -> None:
    status = schedule_status.first(HOURLY, at("24T09:30:00.5"))
    assert status.to_json() == (
        '{"Last":"0001-01-01T00:00:00","Next":"2026-11-24T10:00:00+00:00",'
        '"LastUpdated":"2026-11-24T09:30:00.500000+00:00"}'
    )
    assert schedule_status.from_json(status.to_json()) == status


def test_status_of_the_real_host_is_understood() -> None:
    text = (
        '{"Last":"0001-01-01T00:00:00","Next":"2026-11-24T11:00:00+01:00","LastUpdated":"2026-11-24T09:30:00.1234567Z"}'
    )
    assert schedule_status.from_json(text) == Status(NEVER_RAN, at("24T10:00:00"), at("24T09:30:00.123456"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"Last": 5}', '{"Next": "soon"}', "null"])
def test_status_that_can_not_be_read_counts_as_none(text: str) -> None:
    assert schedule_status.from_json(text) is None


def test_a_new_timer_is_not_past_due() -> None:
    status = schedule_status.at_start(None, HOURLY, at("24T09:30:00"))
    assert status == Status(NEVER_RAN, at("24T10:00:00"), at("24T09:30:00"))


def test_a_status_that_the_schedule_agrees_with_stays_and_may_be_past_due() -> None:
    stored = Status(at("20T06:00:00"), at("21T06:00:00"), at("20T06:00:00"))
    assert schedule_status.at_start(stored, DAILY, at("24T09:30:00")) == stored


def test_a_timer_that_never_ran_may_be_past_due_too() -> None:
    stored = schedule_status.first(DAILY, at("20T09:00:00"))
    assert schedule_status.at_start(stored, DAILY, at("24T09:30:00")).next == at("21T06:00:00")


def test_a_changed_schedule_that_would_be_past_due_begins_anew() -> None:
    stored = Status(at("20T06:00:00"), at("21T06:00:00"), at("20T06:00:00"))
    now = at("24T09:30:00")
    assert schedule_status.at_start(stored, HOURLY, now) == schedule_status.first(HOURLY, now)


def test_a_changed_schedule_that_is_still_to_come_counts_from_the_last_run() -> None:
    stored = Status(at("24T09:00:00"), at("24T10:00:00"), at("24T09:00:00"))
    status = schedule_status.at_start(stored, DAILY, at("24T09:30:00"))
    assert status == Status(NEVER_RAN, at("25T06:00:00"), at("24T09:00:00"))


def test_a_status_without_instants_begins_at_the_start() -> None:
    stored = Status(NEVER_RAN, at("21T06:00:00"), NEVER_RAN)
    assert schedule_status.at_start(stored, HOURLY, at("24T09:30:00")).next == at("24T10:00:00")


def test_next_counts_from_the_start_of_the_run() -> None:
    before = Status(NEVER_RAN, at("24T10:00:00"), at("24T09:30:00"))
    began = at("24T10:00:00.004")
    assert schedule_status.after_run(before, HOURLY, began) == Status(began, at("24T11:00:00"), began)


def test_a_run_that_began_early_does_not_fire_again_for_the_same_instant() -> None:
    before = Status(NEVER_RAN, at("24T10:00:00"), at("24T09:30:00"))
    after = schedule_status.after_run(before, HOURLY, at("24T10:00:00") - timedelta(milliseconds=20))
    assert (after.last, after.next) == (at("24T10:00:00"), at("24T11:00:00"))


def test_an_unscheduled_run_leaves_the_next_instant_as_it_is() -> None:
    before = Status(NEVER_RAN, at("24T10:00:00"), at("24T09:30:00"))
    assert schedule_status.after_run(before, HOURLY, at("24T09:31:00"), unscheduled=True).next == before.next
