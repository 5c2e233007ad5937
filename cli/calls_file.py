"""How is a file of calls read? CSV or JSON lines, as a stream; each bad line with its number, and the rest goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cli import tables
from processors.pickup_rate.calls import Call
from shared.errors import UsageError

_REQUIRED = ("merchantId", "status", "updatedAt")


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its number, and its call, or what is wrong with it."""

    number: int
    call: Call | None = None
    problem: str = ""


def lines(file: Path) -> Iterator[Line]:
    """Yield the calls of a .csv or .jsonl file. Raises UsageError when it can't be read."""
    if file.suffix.lower() == ".csv":
        for row in tables.rows(file, _REQUIRED):
            said = {name: cell for name, cell in row.cells.items() if cell}
            yield Line(row.line, problem=row.problem) if row.problem else _line(row.line, said)
        return
    try:
        with file.open(encoding="utf-8-sig") as stream:
            for number, text in enumerate(stream, 1):
                if text.strip():
                    yield _json_line(number, text)
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} isn't UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.") from None


def _json_line(number: int, text: str) -> Line:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Line(number, problem=f"isn't JSON: {error}")
    return _line(number, said) if isinstance(said, dict) else Line(number, problem="isn't a JSON object")


def _line(number: int, said: dict[str, Any]) -> Line:
    try:
        return Line(number, Call.model_validate(said))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        return Line(number, problem=f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
