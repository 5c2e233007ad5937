"""Output of commands: how does a command say what it found?

Answers go to stdout: tables for people, or with --json exactly one JSON document. Everything else (progress, notes,
errors) goes to stderr, so that a pipe never meets it. Texts from messages are shown with their control characters
spelled out, here and for all: a title must not drive an operator's terminal.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TextIO

from shared.printable import printable_json, printable_lines

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

_HASH = re.compile(r"[0-9a-f]{32,}")
_SHORT = 12
_PIPE_WIDTH = 160
"""Columns of a table that isn't printed on a terminal (and COLUMNS doesn't say)."""


def print_json(answer: Any) -> None:
    """Print one JSON document on stdout."""
    from operations.answers import to_json

    sys.stdout.write(printable_json(json.dumps(to_json(answer), ensure_ascii=False, indent=2)) + "\n")


def print_json_line(document: Any) -> None:
    """Print one JSON document on one line of stdout."""
    sys.stdout.write(printable_json(json.dumps(document, ensure_ascii=False)) + "\n")


def items(found: Iterable[Any]) -> dict[str, Any]:
    """Return a list as commands print it: ``{"items": […], "next": null}``."""
    return {"items": list(found), "next": None}


def counted(count: int, what: str) -> str:
    """Return ``1 job`` or ``2 jobs``."""
    return f"{count} {what}{'s' * (count != 1)}"


def short(id: str) -> str:
    """Return an id as tables show it: of a hash its beginning, which every command takes for it."""
    return id[:_SHORT] if _HASH.fullmatch(id) else id


def show(*parts: RenderableType) -> None:
    """Print tables and texts on stdout."""
    console = _console(sys.stdout)
    for part in parts:
        console.print(plain(part) if isinstance(part, str) else part)


def note(text: str) -> None:
    """Print one line for people on stderr."""
    sys.stderr.write(f"{plain(text)}\n")


def progress_console() -> Console:
    """Return where progress bars go: stderr."""
    return _console(sys.stderr)


def plain(value: object) -> str:
    """Return `value` as text whose control characters are spelled out; nothing for None."""
    return "" if value is None else printable_lines(str(value))


def table(*columns: str, title: str | None = None, right: Iterable[str] = ()) -> Table:
    """Return an empty table; columns named in `right` are aligned right."""
    from rich import box
    from rich.table import Table

    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    aligned_right = set(right)
    for column in columns:
        made.add_column(column, justify="right" if column in aligned_right else "left", overflow="fold")
    return made


def width() -> int:
    """Return how many signs fit on a line of stdout."""
    return _console(sys.stdout).width


def facts(pairs: Mapping[str, object]) -> Table:
    """Return a table of names and values, without those that are None or empty."""
    from rich.table import Table

    made = Table.grid(padding=(0, 2))
    made.add_column(style="bold")
    made.add_column(overflow="fold")
    for name, value in pairs.items():
        if value is not None and value != "":
            made.add_row(name, plain(value))
    return made


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    width = None if stream.isatty() or "COLUMNS" in os.environ else _PIPE_WIDTH
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False, soft_wrap=False)
