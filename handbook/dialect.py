"""Dialect: Markdown as GitHub reads it, rewritten so that Python-Markdown reads the same.

Pages are written for GitHub, where most people meet them. Python-Markdown, which makes the site, differs in three
places that our pages use: a list needs a blank line before it, what belongs to an item of a list is indented by 4, and
a backslash before a pipe in a table's code would be shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = re.compile(r"^( *)(```+|~~~+)")
_ITEM = re.compile(r"^( *)(?:[-*+]|\d+\.) ")
_CODE = re.compile(r"(`+)(.+?)\1")
_INDENT = 4


def to_python_markdown(text: str) -> str:
    """Return a page as Python-Markdown has to be given it."""
    return "\n".join(_lines(text.split("\n")))


def prose_and_code(text: str) -> Iterator[tuple[str, bool]]:
    """Yield (line, whether it is of a fenced block) of a page, without line ends."""
    fence: str | None = None
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if fence is None and found:
            fence = found[2]
            yield line, True
        elif fence is not None:
            if found and found[2].startswith(fence) and line.strip() == found[2]:
                fence = None
            yield line, True
        else:
            yield line, False


def _lines(lines: list[str]) -> Iterator[str]:
    before, moved_by, was_code = "", 0, False
    for line, is_code in prose_and_code("\n".join(lines)):
        item = None if is_code else _ITEM.match(line)
        if item:
            if _needs_blank_line(before, of_an_item=was_code or moved_by > 0):
                yield ""
            moved_by = 0
            yield f"{' ' * _missing(line)}{line}"
        else:
            if is_code != was_code or not (is_code or before.strip()):
                moved_by = _missing(line)
            moved = f"{' ' * moved_by}{line}" if line else line
            yield _without_escaped_pipes(moved) if moved.lstrip().startswith("|") and not is_code else moved
        before, was_code = line, is_code


def _needs_blank_line(before: str, *, of_an_item: bool) -> bool:
    """Return whether an item after a line needs a blank one; `of_an_item`: the line is of a block within an item."""
    return bool(before.strip()) and (of_an_item or not (_ITEM.match(before) or before.startswith(" ")))


def _missing(line: str) -> int:
    """Return by how much more a line is to be indented that GitHub takes for one within an item of a list."""
    indent = len(line) - len(line.lstrip(" "))
    return _INDENT - indent if 0 < indent < _INDENT else 0


def _without_escaped_pipes(row: str) -> str:
    return _CODE.sub(lambda code: code[0].replace("\\|", "|"), row)
