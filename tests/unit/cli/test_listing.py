"""Does a table fit the terminal, and can what it shows be copied?"""

from __future__ import annotations

import pytest
from rich.console import Console

from cli import output

ID, OF, WHY = "5f2c9a81d0e4", "somebody@shop.example", "The picture's host doesn't answer within 10 s"


def lines(width: int, why: str = WHY) -> list[str]:
    """Return the lines of a table of one row on a terminal that is so wide."""
    shown = output.table("id", "of", "state", "tries", "why", right=("tries",), text="why", beneath=("of",))
    shown.add_row(ID, OF, "dead", "5", why)
    console = Console(width=width)
    with console.capture() as capture:
        console.print(shown)
    return [line.rstrip() for line in capture.get().split("\n")]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 160])
@pytest.mark.parametrize("why", ["", "short", WHY, WHY * 5, "a-word-without-any-blank" * 20])
def test_no_line_is_wider_than_the_terminal(width: int, why: str) -> None:
    assert max(map(len, lines(width, why))) <= width


def test_where_it_is_wide_all_stands_in_one_line() -> None:
    assert lines(160)[2] == f"{ID}  {OF}  dead       5  {WHY}"


def test_a_text_is_wrapped_in_its_column_while_there_is_room_for_one() -> None:
    assert lines(82)[2:4] == [
        f"{ID}  {OF}  dead       5  The picture's host doesn't",
        f"{' ' * 51}answer within 10 s",
    ]


def test_a_text_goes_beneath_its_row_first() -> None:
    assert lines(70)[2:4] == [f"{ID}  {OF}  dead       5", f"    why: {WHY}"]


def test_where_it_is_narrow_other_columns_go_beneath_too_and_ids_stay_whole() -> None:
    assert lines(45)[2:6] == [
        f"{ID}  dead       5",
        f"    of: {OF}",
        "    why: The picture's host doesn't answer",
        "    within 10 s",
    ]


def test_what_a_row_lacks_takes_no_line() -> None:
    assert lines(45, why="")[2:5] == [f"{ID}  dead       5", f"    of: {OF}", ""]
