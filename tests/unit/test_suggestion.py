"""Which known name was meant by one that isn't known?"""

from __future__ import annotations

import pytest

from shared.suggestion import did_you_mean

NAMES = ("threshold", "enabled", "lookback_seconds", "WARNING")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("treshold", "threshold"),
        ("THRESHOLD", "threshold"),
        ("enabeld", "enabled"),
        ("lookback_second", "lookback_seconds"),
        ("warn", "WARNING"),
    ],
)
def test_a_name_that_is_nearly_a_known_one_is_asked_about(name: str, meant: str) -> None:
    assert did_you_mean(name, NAMES) == f" Did you mean {meant!r}?"


@pytest.mark.parametrize("name", ["", "colour", "x"])
def test_a_name_like_no_known_one_is_not(name: str) -> None:
    assert did_you_mean(name, NAMES) == ""
