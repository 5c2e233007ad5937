"""Matching of a text with what a user likes: by whole words, in lower case, without accents and plurals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+")


def words_of(*texts: str) -> frozenset[str]:
    """Return the words of texts, plurals cut."""
    plain = " ".join(texts).casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return frozenset(map(_singular, _WORD.findall(plain)))


def shown(terms: Mapping[str, float], words: frozenset[str]) -> dict[str, float]:
    """Return the terms all of whose words are among `words`, with their weights."""
    return {term: weight for term, weight in terms.items() if (own := words_of_term(term)) and own <= words}


def liked(terms: Mapping[str, float], most: int = 3) -> list[str]:
    """Return the terms that are liked, the most liked first."""
    return sorted((term for term, weight in terms.items() if weight > 0), key=lambda term: (-terms[term], term))[:most]


def listed(words: Iterable[str]) -> str:
    """Return words as a sentence lists them."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last


@lru_cache(maxsize=4_096)  # many users have the same terms
def words_of_term(term: str) -> frozenset[str]:
    """Return the words of a term of a profile."""
    return words_of(term)


@lru_cache(maxsize=65_536)  # fifty thousand texts are of a few thousand words
def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-2] if word.endswith(("ches", "shes", "xes", "sses")) else word[:-1]
    return word
