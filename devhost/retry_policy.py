"""Retry policy, ``@app.retry``: how often and after how long is a failed run tried again? N retries are N + 1 runs."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devhost import schedules
from devhost.errors import FunctionInError

FOREVER = -1
_JITTER = 0.2


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`retries` may be FOREVER. The wait doubles from `least_seconds` to `most_seconds` (equal: a fixed delay)."""

    retries: int = 0
    least_seconds: float = 0.0
    most_seconds: float = 0.0

    def allows(self, retry: int) -> bool:
        """Say whether there is a retry number `retry` (the first is 1)."""
        return self.retries == FOREVER or retry <= self.retries

    def wait_seconds(self, retry: int) -> float:
        """Return how long to wait before retry number `retry`."""
        if self.least_seconds == self.most_seconds:
            return self.least_seconds
        grown = self.least_seconds * 2.0 ** min(retry - 1, 32) * random.uniform(1 - _JITTER, 1 + _JITTER)
        return min(self.most_seconds, max(self.least_seconds, grown))


def parse(setting: Mapping[str, Any] | None) -> RetryPolicy:
    """Return the policy of the decorator's `setting`, None meaning no retries. Raises FunctionInError."""
    if setting is None:
        return RetryPolicy()
    retries = str(setting.get("max_retry_count"))
    if not retries.removeprefix("-").isdecimal() or int(retries) < FOREVER:
        raise FunctionInError(f"its retry policy has max_retry_count {retries!r}, which takes a number, or -1 for ever")
    strategy = str(setting.get("strategy"))
    if strategy == "fixed_delay":
        delay = _seconds(setting, "delay_interval")
        return RetryPolicy(int(retries), delay, delay)
    if strategy == "exponential_backoff":
        least, most = _seconds(setting, "minimum_interval"), _seconds(setting, "maximum_interval")
        if least > most:
            raise FunctionInError("its retry policy has a minimum_interval above its maximum_interval")
        return RetryPolicy(int(retries), least, most)
    raise FunctionInError(f"its retry policy has strategy {strategy!r}; there are fixed_delay and exponential_backoff")


def _seconds(setting: Mapping[str, Any], name: str) -> float:
    span = schedules.parse_span(str(setting.get(name)))
    if span is None:
        raise FunctionInError(f"its retry policy has {name} {setting.get(name)!r}; write it as hh:mm:ss")
    return span.total_seconds()
