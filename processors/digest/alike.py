"""Alike: are two titles of one thing? The same shirt in two sizes, or from two shops, is one suggestion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeVar

from processors.digest.words import words_of

Thing = TypeVar("Thing")
_ALIKE = 0.75
"""Share of the words of both that they have in common: all, or all but one of four or more."""


def distinct(things: Iterable[Thing], title_of: Callable[[Thing], str]) -> Iterator[Thing]:
    """Yield things but those whose title is like an earlier one's."""
    seen: list[frozenset[str]] = []
    for thing in things:
        words = _words(title_of(thing))
        if not any(_are_alike(words, other) for other in seen):
            seen.append(words)
            yield thing


@lru_cache(maxsize=8_192)  # the best of the scraped items are the best for many users
def _words(title: str) -> frozenset[str]:
    """Return the words of a title without numbers, which are sizes and models; all when there are no others."""
    words = words_of(title) or frozenset([title.casefold()])
    return frozenset(word for word in words if not word.isdigit()) or words


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _ALIKE * len(one | other)
