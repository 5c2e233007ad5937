"""Which brand made this item?"""

from __future__ import annotations

from processors.taste.analysers.lexicon_brands import AMBIGUOUS, BRANDS
from processors.taste.analysers.words import Lexicon, Token

_KNOWN = Lexicon(((brand, brand.replace("&", " ").replace(",", " ")) for brand in BRANDS), own_names=False)
_AUDIENCE = frozenset("man woman boy girl kid unisex lady gent infant junior baby toddler".split())
_MAX_BRAND_CHARS = 80
_LONGEST_UNKNOWN = 3


def brand_in(words: tuple[Token, ...], is_common: frozenset[str]) -> tuple[str | None, int, int]:
    """The brand that a title names and the tokens it takes up, (None, 0, 0) when there is none to be sure of.

    An unknown brand is believed when a title opens with it and says next whom the item is for ("Blotto Men's
    Shirt"), unless one of its words is among the stems `is_common` (colours, garments, styles).
    """
    plain = tuple(word for word in words)
    for match in _KNOWN.find(plain):
        if match.name not in AMBIGUOUS or match.start == 0:
            return match.name, match.start, match.end
    for length in range(1, _LONGEST_UNKNOWN + 1):
        if len(plain) > length and plain[length].stem in _AUDIENCE:
            opening = plain[:length]
            if all(w.raw[0].isupper() and w.stem not in is_common and w.stem not in _AUDIENCE for w in opening):
                return " ".join(w.raw for w in opening), 0, length
            break
    return None, 0, 0


def recorded(brand: str | None) -> str | None:
    """The brand of a wardrobe record, tidied; None when it says nothing."""
    tidy = " ".join((brand or "").split())[:_MAX_BRAND_CHARS]
    return tidy or None
