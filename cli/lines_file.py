"""A file of things, one a line: CSV or JSON lines, as a stream; each bad line with its number, and the rest goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from cli import csv_file
from operations.lines import Line
from shared.errors import UsageError


def lines(file: Path, required: Sequence[str]) -> Iterator[Line]:
    """Yield the lines of a .csv file, which has the `required` columns, or of a .jsonl file.

    Raises UsageError when it can't be read.
    """
    if file.suffix.lower() == ".csv":
        for row in csv_file.rows(file, required):
            said: dict[str, object] = {name: cell for name, cell in row.cells.items() if cell}
            yield Line(row.line, problem=row.problem) if row.problem else Line(row.line, said)
        return
    is_empty = True
    try:
        with file.open(encoding="utf-8-sig") as stream:
            for number, text in enumerate(stream, 1):
                if text.strip():
                    is_empty = False
                    yield _json_line(number, text)
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} isn't UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.") from None
    if is_empty:
        raise UsageError(f"{file} is empty. It takes one JSON object a line.")


def _json_line(number: int, text: str) -> Line:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Line(number, problem=f"isn't JSON: {error}")
    return Line(number, said) if isinstance(said, dict) else Line(number, problem="isn't a JSON object")
