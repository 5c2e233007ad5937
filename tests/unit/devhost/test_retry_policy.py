"""How often, and after how long, does @app.retry try a failed run again?"""

from __future__ import annotations

import pytest

from devhost import retry_policy
from devhost.errors import FunctionInError
from devhost.retry_policy import RetryPolicy


def test_without_the_decorator_nothing_is_retried() -> None:
    assert not retry_policy.parse(None).allows(1)


def test_a_fixed_delay_is_the_same_each_time() -> None:
    policy = retry_policy.parse({"strategy": "fixed_delay", "max_retry_count": "2", "delay_interval": "00:00:03"})
    assert [policy.allows(retry) for retry in (1, 2, 3)] == [True, True, False]
    assert [policy.wait_seconds(retry) for retry in (1, 2)] == [3.0, 3.0]


def test_an_exponential_delay_grows_within_its_bounds() -> None:
    policy = RetryPolicy(retry_policy.FOREVER, 1.0, 60.0)
    waits = [policy.wait_seconds(retry) for retry in range(1, 12)]
    assert all(1.0 <= wait <= 60.0 for wait in waits)
    assert 3.2 <= waits[2] <= 4.8
    assert waits[-1] == 60.0


def test_minus_1_retries_for_ever() -> None:
    assert RetryPolicy(retry_policy.FOREVER).allows(1_000_000)


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        (
            {"strategy": "fixed_delay", "max_retry_count": "many", "delay_interval": "00:00:01"},
            "max_retry_count 'many'",
        ),
        ({"strategy": "fixed_delay", "max_retry_count": "-2", "delay_interval": "00:00:01"}, "max_retry_count '-2'"),
        ({"strategy": "fixed_delay", "max_retry_count": "2"}, "delay_interval None; write it as hh:mm:ss"),
        ({"strategy": "linear", "max_retry_count": "2"}, "strategy 'linear'"),
        (
            {
                "strategy": "exponential_backoff",
                "max_retry_count": "2",
                "minimum_interval": "00:01:00",
                "maximum_interval": "00:00:01",
            },
            "minimum_interval above",
        ),
    ],
)
def test_a_policy_that_can_not_be_is_refused(setting: dict[str, str], reason: str) -> None:
    with pytest.raises(FunctionInError, match=reason):
        retry_policy.parse(setting)
