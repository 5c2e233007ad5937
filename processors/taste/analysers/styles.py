"""Which style keywords fit this item?"""

from __future__ import annotations

from processors.taste.analysers.findings import MAX_STYLE_KEYWORDS
from processors.taste.analysers.lexicon_colours import FANCY, PLAIN
from processors.taste.analysers.lexicon_garments import SECTIONS
from processors.taste.analysers.lexicon_styles import STYLES, STYLES_OF_KINDS
from processors.taste.analysers.words import Token, stem

NEUTRALS = frozenset({"black", "white", "off white", "grey", "silver", "cream", "beige"})
"""Colours that go with everything."""

_PASTELS = frozenset({"lavender", "peach", "cream"})
_BRIGHTS = frozenset({"red", "orange", "yellow", "magenta", "turquoise"})


def _stems(phrases: str) -> set[str]:
    return {stem(word) for phrase in phrases.split(",") for word in phrase.replace("-", " ").split()}


def _common_words() -> frozenset[str]:
    common: set[str] = set()
    for table in (PLAIN, FANCY, STYLES, *SECTIONS.values()):
        for name, phrases in table.items():
            common |= _stems(phrases) | _stems(name)
    return frozenset(common)


COMMON_WORDS = _common_words()
"""Stems that mean a colour, a garment or a style, so that a title opening with one names no brand by it."""


def keywords(
    sources: tuple[tuple[Token, ...], ...], kinds: tuple[str, ...], shares: dict[str, float]
) -> tuple[str, ...]:
    """At most 8 keywords: those of the words first, then those of the kinds of item, then those of the colours."""
    found: dict[str, None] = {}
    for words in sources:
        for match in _WORDS.find(words):
            found.update(dict.fromkeys(match.name.split("|")))
    for kind in kinds:
        found.update(dict.fromkeys(STYLES_OF_KINDS.get(kind, ())))
    found.update(dict.fromkeys(_of_colours(shares)))
    return tuple(found)[:MAX_STYLE_KEYWORDS]


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


def _style_lexicon():  # type: ignore[no-untyped-def]
    from processors.taste.analysers.words import Lexicon

    forms: dict[str, list[str]] = {}
    for name, phrases in STYLES.items():
        for phrase in [*phrases.split(","), name]:
            forms.setdefault(" ".join(phrase.replace("-", " ").split()), []).append(name)
    return Lexicon((("|".join(dict.fromkeys(names)), phrase) for phrase, names in forms.items()), own_names=False)


_WORDS = _style_lexicon()
