"""How long until the next try?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.jobs import retry

LONGEST = timedelta(seconds=300)


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 5), (2, 20), (3, 80), (4, 300), (5, 300), (1000, 300)])
def test_after_attempt_n_the_wait_is_5_times_4_to_the_n_less_1_capped_give_or_take_a_fifth(
    attempt: int, seconds: float
) -> None:
    waits = [retry.attempt_delay(attempt, LONGEST).total_seconds() for _ in range(200)]

    assert seconds * 0.8 <= min(waits) <= max(waits) <= seconds * 1.2


def test_jobs_that_failed_together_come_back_apart() -> None:
    waits = [retry.attempt_delay(1, LONGEST).total_seconds() for _ in range(200)]

    assert max(waits) - min(waits) > 1


@pytest.mark.parametrize(
    ("dequeued", "seconds"), [(0, 60), (1, 60), (2, 120), (3, 240), (4, 480), (5, 900), (6, 900), (1000, 900)]
)
def test_a_failing_store_is_waited_for_a_minute_doubling_with_the_dequeue_count_to_a_quarter_hour(
    dequeued: int, seconds: float
) -> None:
    assert retry.store_delay(dequeued).total_seconds() == seconds


@given(attempt=st.integers(1, 10**6), longest=st.integers(1, 3600))
def test_no_wait_is_longer_than_the_setting_and_a_fifth(attempt: int, longest: int) -> None:
    wait = retry.attempt_delay(attempt, timedelta(seconds=longest))

    assert timedelta() < wait <= timedelta(seconds=longest) * 1.2
