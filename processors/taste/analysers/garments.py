"""Which kinds of item do these words name?"""

from __future__ import annotations

from processors.taste.analysers.lexicon_garments import BROADER, NOT_GARMENTS, SECTIONS
from processors.taste.analysers.words import Lexicon, Match, Token

_NOTHING = ""
_LEXICON = Lexicon(
    [(_NOTHING, NOT_GARMENTS)]
    + [(kind, f"{kind},{forms}") for kinds in SECTIONS.values() for kind, forms in kinds.items()],
    own_names=False,
)
_SECTION_OF = {kind: section for section, kinds in SECTIONS.items() for kind in kinds}

# After these a title speaks of details ("dress with belt"), uses ("case for watch") or materials, not of the item.
_DETAIL_WORDS = frozenset(
    "with w for in from by featuring feat inspired on to at without having under over plus".split()
)
_JOINING = frozenset({"and", "n", "&", "+", "/", ","})


def kinds_named(words: tuple[Token, ...]) -> tuple[str, ...]:
    """The kinds of item that a title names, the main one first; empty when it names none.

    The last word of a compound is its head ("shirt dress" is a dress), of the title's first part that names anything:
    what follows "with" or a dash is detail. Joined heads ("shirt and trousers") count as two.
    """
    for part in _parts(words):
        found = [match for match in _LEXICON.find(part) if match.name]
        if found:
            return _heads(found, part)
    return ()


def with_broader(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """`kinds`, and after a single one its less particular name: ("polo shirts", "t-shirts")."""
    if len(kinds) == 1 and kinds[0] in BROADER:
        return (kinds[0], BROADER[kinds[0]])
    return kinds


def section_of(kind: str) -> str:
    """The section of the lexicon that holds `kind`: tops, footwear, …"""
    return _SECTION_OF[kind]


def names_garment(word: Token) -> bool:
    """Whether this one word names a kind of item."""
    return word in _LEXICON


def _parts(words: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    parts: list[list[Token]] = [[]]
    for word in words:
        if (word.is_separator and word.raw not in _JOINING) or word.stem in _DETAIL_WORDS:
            parts.append([])
        else:
            parts[-1].append(word)
    return [tuple(part) for part in parts if part]


def _heads(found: list[Match], part: tuple[Token, ...]) -> tuple[str, ...]:
    heads = [found[-1]]
    for match in reversed(found[:-1]):
        between = part[match.end : heads[-1].start]
        if any(word.stem in _JOINING for word in between) and len(between) <= 3:
            heads.append(match)
    return tuple(dict.fromkeys(match.name for match in reversed(heads)))
