"""Printable text: spells out what isn't printable in text of others, so that it drives no terminal.

Escape sequences (also their one-character forms, U+0080 to U+009F), signs that turn the direction of writing, and line
breaks that would make up another log line.
"""

from __future__ import annotations

import json


def printable(text: str) -> str:
    """Return `text` in one line, with each character that isn't printable spelled out (``\\\\x1b``, ``\\\\u202e``)."""
    return text if text.isprintable() else "".join(c if c.isprintable() else _spelled(c) for c in text)


def printable_lines(text: str) -> str:
    """Return `text` spelled out as `printable` does, its line breaks kept."""
    return "\n".join(map(printable, text.split("\n")))


def printable_json(document: str) -> str:
    """Return a JSON document that means the same, with what isn't printable in its strings written as ``\\\\u202e``."""
    if document.isprintable():
        return document
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in document)


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode()
