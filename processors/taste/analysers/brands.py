"""Brand detection: which brand made this item?"""

from __future__ import annotations

from collections.abc import Collection

from processors.taste.analysers.lexicon_brands import AMBIGUOUS, BRANDS
from processors.taste.analysers.words import Lexicon, Token

MAX_BRAND_CHARS = 80
"""A longer brand in a record is cut."""

LONGEST_UNKNOWN = 3
"""Words that a brand we don't know may have."""

_KNOWN = Lexicon(((brand, brand) for brand in BRANDS), exact=True)
_AUDIENCE = frozenset({"man", "woman", "boy", "girl", "kid", "unisex", "lady", "gent", "infant", "junior", "baby"})
_EVERYDAY = frozenset(
    {
        "new",
        "stylish",
        "trendy",
        "beautiful",
        "best",
        "premium",
        "original",
        "combo",
        "pack",
        "set",
        "latest",
        "designer",
    }
    | {
        "fashion",
        "pure",
        "soft",
        "comfortable",
        "big",
        "small",
        "large",
        "mini",
        "plus",
        "size",
        "the",
        "our",
        "my",
        "a",
    }
    | {
        "luxury",
        "cute",
        "sexy",
        "lovely",
        "pretty",
        "super",
        "great",
        "high",
        "low",
        "light",
        "dark",
        "of",
        "and",
        "for",
    }
)


def brand_in(words: tuple[Token, ...], common_stems: Collection[str]) -> tuple[str | None, int, int]:
    """The brand that a title names and from where to where it stands; (None, 0, 0) when there is none to be sure of.

    An unknown brand is believed when a title opens with it and says next whom the item is for ("Blotto Men's
    Shirt"), unless one of its words is everyday English or in `common_stems` (colours, garments, styles).
    """
    for match in _KNOWN.find(words):
        if match.name not in AMBIGUOUS or match.start == 0:
            return match.name, match.start, match.end
    audience = next((at for at, word in enumerate(words) if word.stem in _AUDIENCE), 0)
    opening = words[:audience]
    if 0 < len(opening) <= LONGEST_UNKNOWN and all(_could_be_brand(word, common_stems) for word in opening):
        return " ".join(word.raw for word in opening), 0, audience
    return None, 0, 0


def recorded(brand: str | None) -> str | None:
    """The brand of a wardrobe record, tidied; None when it says nothing."""
    tidy = " ".join((brand or "").split())[:MAX_BRAND_CHARS]
    return tidy or None


def _could_be_brand(word: Token, common_stems: Collection[str]) -> bool:
    proper = word.raw[0].isupper() and len(word.raw) > 2
    return proper and word.stem not in common_stems and word.stem not in _EVERYDAY
