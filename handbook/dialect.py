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
        if is_code:
            if not was_code:
                indent = len(line) - len(line.lstrip(" "))
                moved_by = _INDENT - indent if 0 < indent < _INDENT else 0
            yield f"{' ' * moved_by}{line}" if line else line
        else:
            item = _ITEM.match(line)
            if item and before.strip() and not _ITEM.match(before) and not before.startswith(" "):
                yield ""
            line = _nested(line) if item else line
            yield _without_escaped_pipes(line) if line.lstrip().startswith("|") else line
        before, was_code = line, is_code


def _nested(item: str) -> str:
    """Return an item that GitHub takes for one of a list within a list, indented as far as that needs."""
    indent = len(item) - len(item.lstrip(" "))
    return f"{' ' * (_INDENT - indent)}{item}" if 0 < indent < _INDENT else item


def _without_escaped_pipes(row: str) -> str:
    return _CODE.sub(lambda code: code[0].replace("\\|", "|"), row)
