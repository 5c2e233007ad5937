"""Marked: a payload as one reads it, with what is wrong in it marked where it stands.

Places are those of a dead letter's reason, such as ``image_url`` or ``signals.0.kind``; what isn't there at all is
listed after the payload.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from shared.printable import printable

_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Marked:
    """A payload with marks, and the problems of places that it doesn't have: (place, problem)."""

    text: Markup
    elsewhere: tuple[tuple[str, str], ...]


def marked(payload: Any, places: Sequence[Mapping[str, str]]) -> Marked:
    """Return a payload as text with a mark at each place."""
    wanted = {str(one.get("at", "")): str(one.get("problem", "")) for one in places}
    found: set[str] = set()
    text = _value(payload, "", 0, wanted, found)
    return Marked(text, tuple((at, problem) for at, problem in wanted.items() if at not in found))


def _value(value: Any, at: str, depth: int, wanted: Mapping[str, str], found: set[str]) -> Markup:
    if isinstance(value, dict) and value:
        rows = [
            Markup("{}: {}").format(_text(str(name)), _value(one, f"{at}.{name}".lstrip("."), depth + 1, wanted, found))
            for name, one in value.items()
        ]
        text = _block("{", "}", rows, depth)
    elif isinstance(value, list) and value:
        rows = [_value(one, f"{at}.{n}".lstrip("."), depth + 1, wanted, found) for n, one in enumerate(value)]
        text = _block("[", "]", rows, depth)
    else:
        text = Markup("{}").format(_text(value))
    if at not in wanted:
        return text
    found.add(at)
    return Markup('<mark title="{}">{}</mark> <em class="wrong">← {}</em>').format(
        printable(wanted[at]), text, printable(wanted[at])
    )


def _block(opening: str, closing: str, rows: Sequence[Markup], depth: int) -> Markup:
    inner = Markup("\n").join(Markup("{}{}").format(_INDENT * (depth + 1), row) for row in _with_commas(rows))
    return Markup("{}\n{}\n{}{}").format(opening, inner, _INDENT * depth, closing)


def _with_commas(rows: Sequence[Markup]) -> list[Markup]:
    return [row + ("," if number < len(rows) else "") for number, row in enumerate(rows, 1)]


def _text(value: Any) -> str:
    return printable(json.dumps(value, ensure_ascii=False))
