"""Are numbers and ranges of them read as they are typed?"""

from __future__ import annotations

import pytest

from cli.backtests import changes, swept
from shared.errors import UsageError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("threshold=20..24", (20, 21, 22, 23, 24)),
        ("threshold=20..40:10", (20, 30, 40)),
        ("threshold = 20 .. 45 : 10", (20, 30, 40)),
        ("threshold=-1..1:0.5", (-1, -0.5, 0, 0.5, 1)),
        ("threshold=0.1..0.2:0.05", (0.1, 0.15, 0.2)),
        ("threshold=0..0.5", (0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)),
    ],
)
def test_a_sweep_has_both_ends_and_steps_between(text: str, values: tuple[float, ...]) -> None:
    found = swept(text)

    assert (found.member, found.values) == ("threshold", values)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("threshold", "is no range of numbers"),
        ("threshold=20", "is no range of numbers"),
        ("threshold=20..", "is no range of numbers"),
        ("threshold=a..b", "is no range of numbers"),
        ("threshold=20..60:x", "is no range of numbers"),
        ("threshold=0..inf", "is no range of numbers"),
        ("threshold=0..nan", "is no range of numbers"),
        ("threshold=60..20", "can't go from 60 to 20"),
        ("threshold=20..60:0", "in steps of 0"),
        ("threshold=20..60:-1", "in steps of -1"),
        ("threshold=0..1000", "1001 values of threshold; up to 100"),
        ("threshold=0..1:1e-300", "up to 100"),
    ],
)
def test_what_is_no_sweep_is_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        swept(text)


def test_values_are_json_where_they_are_that() -> None:
    given = ["threshold=35", "operator=<=", 'options={"stat": "average"}', "operator=null", "scope=org:acme"]

    assert changes(given) == {"threshold": 35, "operator": None, "options": {"stat": "average"}, "scope": "org:acme"}
    assert changes(["threshold=35"], as_text=True) == {"threshold": "35"}
    assert changes(None) == {}


@pytest.mark.parametrize("text", ["threshold", "=35", "threshold 35"])
def test_what_has_no_name_and_value_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="isn't NAME=VALUE"):
        changes([text])
