"""Reader of CSV files that people wrote: each row with its line, each bad row with its reason, and the rest goes on."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from shared.errors import UsageError

MAX_CELL_CHARACTERS = 1_000_000
_OTHER_SEPARATORS = {";": "semicolons (;)", "\t": "tabs", "|": "bars (|)"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its last `line` in the file, its trimmed `cells` by column, and what is wrong with its shape."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: str | None = None


def rows(path: Path, required: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of the CSV file (UTF-8, commas, a header); blank ones are left out.

    Raises UsageError when the file can't be read, its header lacks one of the `required` columns, or no row follows it.
    """
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = [name.strip() for name in next(reader, [])]
            _check(path, header, required)
            is_empty = True
            for row in _rows(reader, header):
                is_empty = False
                yield row
        if is_empty:
            raise UsageError(f"{path} has a header and no row beneath it.")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} isn't UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}.") from None


def _check(path: Path, header: Sequence[str], required: Sequence[str]) -> None:
    if header in ([], [""]):
        raise UsageError(f"{path} is empty. Its first line must name the columns {', '.join(required)}.")
    missing = [name for name in required if name not in header]
    if not missing:
        return
    for separator, called in _OTHER_SEPARATORS.items():
        if len(header) == 1 and separator in header[0]:
            raise UsageError(f"{path} is separated by {called}. Separate its cells by commas.")
    said = f"{path} has no column {', '.join(missing)}. Its first line must name the columns {', '.join(required)}; "
    meant = "".join(f" By {name!r}, is {one!r} meant?" for one in missing for name in _like(one, header))
    raise UsageError(f"{said}it has: {', '.join(header)}.{meant}")


def _like(wanted: str, header: Sequence[str]) -> list[str]:
    return get_close_matches(wanted, header, n=1)


def _rows(reader: Iterator[list[str]], header: Sequence[str]) -> Iterator[Row]:
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Row(reader.line_num, problem=f"isn't CSV: {error}")  # type: ignore[attr-defined]
            continue
        if cells is None:
            return
        line = reader.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        named = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        problem = None
        if len(cells) != len(header):
            problem = f"has {len(cells)} cells, the header has {len(header)}. Quote cells that hold a comma"
        yield Row(line, named, problem)
