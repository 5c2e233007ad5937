"""Style detection: which style keywords fit this item?"""

from __future__ import annotations

from collections.abc import Iterable

from processors.taste.analysers.findings import MAX_STYLE_KEYWORDS
from processors.taste.analysers.lexicon_colours import FANCY, PLAIN
from processors.taste.analysers.lexicon_garments import SECTIONS
from processors.taste.analysers.lexicon_styles import STYLES, STYLES_OF_KINDS
from processors.taste.analysers.words import Lexicon, Token, stem, stems

NEUTRALS = frozenset({"black", "white", "off white", "grey", "silver", "cream", "beige"})
"""Colours that go with everything."""

_PASTELS = frozenset({"lavender", "peach", "cream"})
_BRIGHTS = frozenset({"red", "orange", "yellow", "magenta", "turquoise"})


def _stems(phrases: str) -> set[str]:
    return {stem(word) for phrase in phrases.split(",") for word in phrase.replace("-", " ").split()}


def _common_stems() -> frozenset[str]:
    common: set[str] = set()
    for table in (PLAIN, FANCY, STYLES, *SECTIONS.values()):
        for name, phrases in table.items():
            common |= _stems(phrases) | _stems(name)
    return frozenset(common)


COMMON_STEMS = _common_stems()
"""Stems that mean a colour, a garment or a style, so that a title opening with one names no brand by it."""


def _by_phrase() -> Iterable[tuple[str, str]]:
    """Style keywords, joined by `|`, with each phrase that suggests them: "jogging" may stand for two."""
    names: dict[str, list[str]] = {}
    for name, phrases in STYLES.items():
        for phrase in [*phrases.split(","), name]:
            names.setdefault(" ".join(stems(phrase)), []).append(name)
    return (("|".join(dict.fromkeys(keywords)), phrase) for phrase, keywords in names.items())


_WORDS = Lexicon(_by_phrase())


def styles_named(words: tuple[Token, ...]) -> tuple[str, ...]:
    """The keywords that a text names, in its order."""
    return tuple(dict.fromkeys(keyword for match in _WORDS.find(words) for keyword in match.name.split("|")))


def keywords(named: Iterable[str], kinds: tuple[str, ...], shares: dict[str, float]) -> tuple[str, ...]:
    """At most 8 keywords: those `named` in words first, then those of the kinds of item, then those of the colours."""
    of_kinds = (keyword for kind in kinds for keyword in STYLES_OF_KINDS.get(kind, ()))
    return tuple(dict.fromkeys((*named, *of_kinds, *_of_colours(shares))))[:MAX_STYLE_KEYWORDS]


def _of_colours(shares: dict[str, float]) -> tuple[str, ...]:
    if not shares:
        return ()
    found = []
    if sum(share for name, share in shares.items() if name in NEUTRALS) >= 0.85:
        found.append("monochrome")
    if sum(share for name, share in shares.items() if name in _PASTELS) >= 0.5:
        found.append("pastel")
    if sum(share for name, share in shares.items() if name in _BRIGHTS) >= 0.4:
        found.append("bright")
    if sum(1 for share in shares.values() if share >= 0.12) >= 4:
        found.append("colourful")
    return tuple(found)
