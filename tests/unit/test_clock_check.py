"""When is a machine's clock off? Pure: by when a service was asked, when it answered, and the second that it gave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.clock_check import Finding, judged

SERVED = datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return SERVED + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("asked", "answered", "ahead"),
    [
        (0.2, 0.3, 0),
        (0.9, 1.0, 0),
        (-0.5, 0.5, 0),
        (61.5, 61.6, 60.5),
        (-61.5, -61.4, -61.4),
        (-300, 300, 0),
        (-300, -90, -90),
        (90, 300, 89),
    ],
)
def test_a_clock_is_ahead_by_what_neither_the_cut_second_nor_a_slow_answer_explains(
    asked: float, answered: float, ahead: float
) -> None:
    assert judged(at(asked), at(answered), SERVED).ahead == timedelta(seconds=ahead)


@pytest.mark.parametrize(("ahead", "off"), [(60, False), (60.1, True), (-60, False), (-60.1, True)])
def test_it_is_off_beyond_a_minute(ahead: float, off: bool) -> None:
    assert Finding(SERVED, timedelta(seconds=ahead)).is_off is off


@pytest.mark.parametrize(
    ("ahead", "says"), [(172_800, "172800 s ahead of the queue service's"), (-75, "75 s behind the queue service's")]
)
def test_a_finding_says_which_way(ahead: float, says: str) -> None:
    assert str(Finding(SERVED, timedelta(seconds=ahead))) == says
