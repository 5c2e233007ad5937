"""Findings of an analysis, and the item's words that it starts from."""

from __future__ import annotations

from dataclasses import dataclass

MAX_STYLE_KEYWORDS = 8
MAX_COLORS = 3
MAX_GARMENTS = 2


@dataclass(frozen=True, slots=True)
class ItemText:
    """An item in the words of its message and its wardrobe record; all of it may be missing."""

    title: str = ""
    brand: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What one analysis found, the most certain first in each list.

    `style_keywords` holds at most 8, `colors` 3 and `garments` 2 lower-case names; `brand` is None when unknown;
    `analyser` names what made it and its version (``local-1``).
    """

    style_keywords: tuple[str, ...]
    colors: tuple[str, ...]
    garments: tuple[str, ...]
    brand: str | None
    analyser: str
