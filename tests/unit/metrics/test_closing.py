"""Until when is an event taken, and its month recomputed?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from shared import clock
from shared.errors import Permanent, Transient
from shared.usage import closing
from tests.unit.metrics.build import instants

NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
CLOSED = NOVEMBER + timedelta(days=398)
LATE_IN_NOVEMBER = datetime(2026, 11, 30, 23, 59, 59, 999000, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)


def test_events_are_taken_for_398_days_from_their_months_start() -> None:
    closing.refuse_late([NOVEMBER, LATE_IN_NOVEMBER], CLOSED - MOMENT)

    assert closing.is_taken(LATE_IN_NOVEMBER, CLOSED - MOMENT)
    assert not closing.is_taken(LATE_IN_NOVEMBER, CLOSED)


@pytest.mark.parametrize("after", [timedelta(), timedelta(minutes=10) - MOMENT])
def test_just_after_the_month_closed_an_event_is_told_again(after: timedelta) -> None:
    with pytest.raises(Transient) as error:
        closing.refuse_late([LATE_IN_NOVEMBER], CLOSED + after)

    assert error.value.code == "month_closing"


def test_then_it_is_too_late_and_the_reason_says_since_when() -> None:
    with pytest.raises(Permanent, match="month from 2026-11-01 is closed since 2027-12-04") as error:
        closing.refuse_late([LATE_IN_NOVEMBER], CLOSED + timedelta(minutes=10))

    assert error.value.code == "too_late"


def test_the_earliest_slice_decides_also_when_the_event_moved_on() -> None:
    with pytest.raises(Permanent):
        closing.refuse_late([CLOSED - timedelta(days=9), NOVEMBER], CLOSED + timedelta(days=1))


def test_a_month_is_recomputed_for_a_day_longer_than_it_takes_events() -> None:
    assert not closing.is_closed(LATE_IN_NOVEMBER, CLOSED + timedelta(days=1) - MOMENT)
    assert closing.is_closed(LATE_IN_NOVEMBER, CLOSED + timedelta(days=1))


@given(instants)
def test_every_event_of_a_month_is_there_as_long_as_it_is_recomputed(at: datetime) -> None:
    last = closing.month_of(at) + closing.KEPT - timedelta(days=1) - MOMENT

    assert not closing.is_closed(at, last)
    assert closing.month_of(at) + closing.KEPT > last + timedelta(minutes=5)  # when its first slice expires
    assert clock.to_text(closing.month_of(at))[8:] == "01T00:00:00.000Z"
