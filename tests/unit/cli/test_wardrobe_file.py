"""What does one row of a wardrobe file say?"""

from __future__ import annotations

import pytest

from cli.csv_file import Row
from cli.errors import Failed
from cli.wardrobe_file import COLUMNS, item_of, micro_usd, tags_of


def row(**cells: str) -> Row:
    filled = {"item_id": "hat", "user_id": "ada", "image": "hat.png", **cells}
    return Row(2, {name: filled.get(name, "") for name in COLUMNS})


@pytest.mark.parametrize(
    ("text", "micro"), [("24.90", 24_900_000), ("$1", 1_000_000), ("0", 0), ("0.000001", 1), ("19.999999", 19_999_999)]
)
def test_a_price_is_whole_micro_usd(text: str, micro: int) -> None:
    assert micro_usd(text) == micro


@pytest.mark.parametrize("text", ["much", "-1", "NaN", "Infinity", "1,50", "0.0000001", "1e30", "€3"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(Failed, match="price is"):
        micro_usd(text)


def test_tags_are_parted_by_commas_and_semicolons_and_come_once() -> None:
    assert tags_of(" casual; red,casual;; ") == ("casual", "red")


def test_empty_cells_are_unknown() -> None:
    item = item_of(row())

    assert (item.title, item.brand, item.category, item.tags, item.price) == ("", None, None, (), None)


@pytest.mark.parametrize("column", ["item_id", "user_id", "image"])
def test_a_row_without_what_it_needs_is_refused(column: str) -> None:
    with pytest.raises(Failed, match=f"{column} is empty"):
        item_of(row(**{column: ""}))
