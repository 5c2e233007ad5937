"""Garment detection: which kinds of item do these words name?"""

from __future__ import annotations

from collections.abc import Collection

from processors.taste.analysers.lexicon_garments import BROADER, NOT_GARMENTS, REFINED, SECTIONS, WEAK
from processors.taste.analysers.words import Lexicon, Match, Token, stems

_NOTHING = ""
_LEXICON = Lexicon(
    [
        (_NOTHING, NOT_GARMENTS),
        *((kind, f"{kind},{forms}") for kinds in SECTIONS.values() for kind, forms in kinds.items()),
    ]
)
_WEAK = frozenset(stems(form) for form in WEAK.split(","))
_SECTION_OF = {kind: section for section, kinds in SECTIONS.items() for kind in kinds}

# After these a title speaks of details ("dress with belt"), uses ("case for watch") or materials, not of the item.
_DETAIL_WORDS = frozenset(
    {"with", "w", "for", "in", "from", "by", "featuring", "inspired", "on", "to", "at", "without"}
)
_JOINING = frozenset({"and", "n", "&", "+", "/"})


def kinds_named(words: tuple[Token, ...]) -> tuple[str, ...]:
    """The kinds of item that a title names, the main one first; empty when it names none.

    The last word of a compound is its head ("shirt dress" is a dress), of the title's first part that names anything:
    what follows "with" or a dash is detail. Joined heads ("shirt and trousers") count as two.
    """
    found = [match for match in _LEXICON.find(words) if match.name]
    strong = [match for match in found if _stems(words, match) not in _WEAK]
    if strong and not _is_detail(words[found[0].end : strong[0].start]):
        found = strong
    if not found:
        return ()
    return _heads(words, [match for match in found if not _is_parted(words[found[0].end : match.start])])


def without_kinds(words: tuple[Token, ...]) -> tuple[Token, ...]:
    """`words` without the phrases that name kinds of item: no colour is meant by "face cream"."""
    inside = {
        at for match in _LEXICON.find(words) if match.end - match.start > 1 for at in range(match.start, match.end)
    }
    return tuple(word for at, word in enumerate(words) if at not in inside)


def kinds_in_path(words: tuple[Token, ...]) -> tuple[str, ...]:
    """The kinds of item of a category path ("Clothing > Women > Dresses"): its last part that names any."""
    part: tuple[Token, ...] = ()
    for word in reversed(words):
        if word.is_separator and word.raw not in _JOINING - {"/"}:
            if kinds := kinds_named(part):
                return kinds
            part = ()
        else:
            part = (word, *part)
    return kinds_named(part)


def refined(kinds: tuple[str, ...], styles: Collection[str]) -> tuple[str, ...]:
    """`kinds` made more exact by what the title says of style: shoes called formal are formal shoes."""
    return tuple(
        next((exact for style, exact in REFINED.get(kind, {}).items() if style in styles), kind) for kind in kinds
    )


def with_broader(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """`kinds`, and after a single one its less particular name: ("polo shirts", "t-shirts")."""
    if len(kinds) == 1 and kinds[0] in BROADER:
        return (kinds[0], BROADER[kinds[0]])
    return kinds


def section_of(kind: str) -> str:
    """The section of the lexicon that holds `kind`: tops, footwear, …"""
    return _SECTION_OF[kind]


def _stems(words: tuple[Token, ...], match: Match) -> tuple[str, ...]:
    return tuple(word.stem for word in words[match.start : match.end])


def _is_detail(between: tuple[Token, ...]) -> bool:
    """Whether what follows these words is a detail or a use of what stands before them."""
    return any(word.stem in _DETAIL_WORDS for word in between)


def _is_parted(between: tuple[Token, ...]) -> bool:
    """Whether these words end one part of a title."""
    return _is_detail(between) or any(word.is_separator and word.raw not in _JOINING for word in between)


def _specific(found: list[Match]) -> Match:
    """The last match, or a former one that says the same more exactly ("backpack … bag")."""
    return next((match for match in found if BROADER.get(match.name) == found[-1].name), found[-1])


def _heads(words: tuple[Token, ...], found: list[Match]) -> tuple[str, ...]:
    heads = [_specific(found)]
    for match in reversed(found[: found.index(heads[0])]):
        between = words[match.end : heads[-1].start]
        if len(between) <= 3 and any(word.stem in _JOINING for word in between):
            heads.append(match)
    return tuple(dict.fromkeys(match.name for match in reversed(heads)))
