"""How often may a caller ask of an instance?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from api import limits
from api.limits import Rate


class Now:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_minutes_requests_may_come_at_once_and_then_one_by_one() -> None:
    now = Now()
    rate = Rate(60, now)

    assert [rate.take("ada") for _ in range(60)] == [None] * 60
    assert rate.take("ada") == timedelta(seconds=1)
    now.at = 1.0
    assert rate.take("ada") is None
    assert rate.take("ada") is not None


def test_who_is_told_to_wait_may_ask_after_it() -> None:
    now = Now()
    rate = Rate(1, now)
    rate.take("ada")
    now.at = 10.0
    wait = rate.take("ada")
    assert wait is not None
    now.at += wait.total_seconds()

    assert rate.take("ada") is None


def test_one_caller_does_not_use_up_anothers() -> None:
    rate = Rate(1, Now())
    rate.take("ada")

    assert rate.take("bo") is None


def test_callers_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MOST_CALLERS", 10)
    rate = Rate(1, Now())
    for number in range(100):
        rate.take(f"caller-{number}")

    assert len(rate._left) == 10
    assert rate.take("caller-99") is not None
