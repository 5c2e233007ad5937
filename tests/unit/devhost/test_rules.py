"""Small rules: names of poison queues, seconds of timers."""

from datetime import UTC, datetime

import pytest

from devhost import poison_queue, timer_listener
from devhost.errors import FunctionInError


@pytest.mark.parametrize(
    ("queue", "poison"),
    [("jobs", "jobs-poison"), ("jobs-poison", None), ("q" * 56, "q" * 56 + "-poison"), ("q" * 57, None)],
)
def test_a_poison_queue_is_named_after_its_queue_when_it_has_one(queue: str, poison: str | None) -> None:
    assert poison_queue.name_for(queue) == poison


@pytest.mark.parametrize(("schedule", "second"), [("45 * * * * *", 45), ("0  *  * * * *", 0), ("7 * * * * *", 7)])
def test_a_schedule_of_each_minute_has_a_second(schedule: str, second: int) -> None:
    assert timer_listener.second_of(schedule) == second


@pytest.mark.parametrize("schedule", ["60 * * * * *", "*/5 * * * * *", "0 0 9 * * 1", "* * * * *", "00:01:00", ""])
def test_other_schedules_put_the_function_in_error(schedule: str) -> None:
    with pytest.raises(FunctionInError, match="isn't of the form"):
        timer_listener.second_of(schedule)


def test_the_next_due_instant_is_later_than_the_given_one() -> None:
    at = datetime(2026, 11, 23, 9, 59, 45, tzinfo=UTC)
    assert timer_listener.next_due(45, at) == datetime(2026, 11, 23, 10, 0, 45, tzinfo=UTC)
    assert timer_listener.next_due(46, at) == datetime(2026, 11, 23, 9, 59, 46, tzinfo=UTC)
    assert timer_listener.next_due(3, at) == datetime(2026, 11, 23, 10, 0, 3, tzinfo=UTC)
