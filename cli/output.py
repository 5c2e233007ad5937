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
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from shared.printable import printable_json, printable_lines

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from cli.listing import Listing

_HASH = re.compile(r"[0-9a-f]{16,}")
_HASH_SHOWN = 12
_LONGEST_WHOLE = 24
"""Characters of an id that somebody gave: a longer one is shown by its beginning."""
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
    """Return how many of a thing: ``1 item``, ``2 items``."""
    return f"{count} {what}{'s' * (count != 1)}"


def short(id: str) -> str:
    """Return an id as tables show it: of a hash or a long one the beginning.

    Every command takes that for the id. ``|``, which means something to a shell, is shown as ``/``, which stands for
    it.
    """
    return shortened([id])[id]


def shortened(ids: Iterable[str]) -> dict[str, str]:
    """Return how each of these ids is shown in one table: as `short` says, and long enough to tell them apart."""
    ordered = sorted(set(ids))
    shown = {}
    for before, one, after in zip(["", *ordered], ordered, [*ordered[1:], ""], strict=False):
        usual = _HASH_SHOWN if _HASH.fullmatch(one) else _LONGEST_WHOLE
        beginning = one[: max(usual, _alike(before, one) + 1, _alike(one, after) + 1)]
        shown[one] = beginning if "/" in one else beginning.replace("|", "/")
    return shown


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def show(*parts: RenderableType) -> None:
    """Print tables and texts on stdout."""
    console = _console(sys.stdout)
    for part in parts:
        if isinstance(part, str):  # the terminal wraps it: so a command in it is copied as it is
            console.print(plain(part), soft_wrap=True)
        else:
            console.print(part)


def note(text: str) -> None:
    """Print one line for people on stderr."""
    sys.stderr.write(f"{plain(text)}\n")


def progress_console() -> Console:
    """Return where progress bars go: stderr."""
    return _console(sys.stderr)


def plain(value: object) -> str:
    """Return `value` as text whose control characters are spelled out; nothing for None."""
    return "" if value is None else printable_lines(str(value))


def table(
    *columns: str,
    title: str | None = None,
    right: Iterable[str] = (),
    text: str | None = None,
    beneath: Sequence[str] = (),
) -> Listing:
    """Return an empty table: columns named in `right` are aligned right.

    Where it is narrow, the column `text`, which may be wrapped, goes beneath its row, then those in `beneath`.
    """
    from cli.listing import Listing

    return Listing(columns, frozenset(right), text, beneath, title)


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
