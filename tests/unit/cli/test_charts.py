"""What do charts draw?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cli.charts import columns, sparkline


def test_the_most_has_the_highest_bar_and_nothing_a_space() -> None:
    assert sparkline([7, 0, 1, 3.5]) == "█ ▂▅"


def test_nothing_at_all_is_blank() -> None:
    assert sparkline([0, 0]) == "  "
    assert sparkline([]) == ""


@given(st.lists(st.floats(min_value=0, max_value=1e15), min_size=1))
def test_any_values_have_a_bar_each_the_most_the_highest(values: list[float]) -> None:
    drawn = sparkline(values)

    assert len(drawn) == len(values)
    if most := max(values):
        assert drawn[values.index(most)] == "█"


def test_columns_stand_under_their_title_with_labels_below() -> None:
    drawn = columns("llm_usage by hour (USD)", ["07:00", "08:00"], [0.25, 0.5], 80).splitlines()

    assert "llm_usage by hour (USD)" in drawn[0]
    assert "07:00" in drawn[-1]
    assert "08:00" in drawn[-1]
    assert any("█" in line for line in drawn)
