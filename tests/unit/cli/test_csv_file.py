"""How is a CSV file of a person read?"""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.csv_file import Row, rows
from shared.errors import UsageError


def read(folder: Path, content: str | bytes, *required: str) -> list[Row]:
    file = folder / "items.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(rows(file, required))


def test_cells_are_named_by_the_header_and_trimmed(tmp_path: Path) -> None:
    assert read(tmp_path, "a, b\n 1 ,2\n") == [Row(2, {"a": "1", "b": "2"})]


def test_a_row_that_spans_lines_has_its_last_line(tmp_path: Path) -> None:
    found = read(tmp_path, 'a,b\n"one\ntwo",x\ny,z\n')

    assert [(row.line, row.cells["a"]) for row in found] == [(3, "one\ntwo"), (4, "y")]


def test_blank_lines_are_left_out(tmp_path: Path) -> None:
    assert [row.line for row in read(tmp_path, "a,b\n\n , \n1,2\n")] == [4]


def test_a_byte_order_mark_and_windows_line_ends_are_taken(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfa,b\r\n1,2\r\n", "a") == [Row(2, {"a": "1", "b": "2"})]


def test_a_header_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has a header and no row beneath it"):
        read(tmp_path, "id,title\n\n , \n", "id")


@pytest.mark.parametrize(("separator", "called"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_another_separator_is_named(tmp_path: Path, separator: str, called: str) -> None:
    with pytest.raises(UsageError, match=f"is separated by {called}"):
        read(tmp_path, f"id{separator}title\n1{separator}Hat\n", "id", "title")


def test_a_column_that_is_spelled_otherwise_is_asked_about(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"By 'titel', is 'title' meant\?"):
        read(tmp_path, "id,titel\n1,Hat\n", "id", "title")


@pytest.mark.parametrize("row", ["1", "1,2,3"])
def test_a_row_of_another_width_is_a_problem_of_that_row(tmp_path: Path, row: str) -> None:
    bad, good = read(tmp_path, f"a,b\n{row}\n5,6\n")

    assert bad.problem is not None
    assert "the header has 2" in bad.problem
    assert good.problem is None


def test_a_cell_that_is_too_long_is_a_problem_of_that_row(tmp_path: Path) -> None:
    bad, good = read(tmp_path, f"a,b\n{'x' * 1_000_001},2\n5,6\n")

    assert bad.problem is not None
    assert good.cells == {"a": "5", "b": "6"}


def test_a_missing_column_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no column image\..*it has: id, title"):
        read(tmp_path, "id,title\n1,2\n", "id", "image")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is empty\. Its first line must name the columns id"):
        read(tmp_path, "", "id")


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="isn't UTF-8"):
        read(tmp_path, "a,b\nü,2\n".encode("latin-1"), "a")
