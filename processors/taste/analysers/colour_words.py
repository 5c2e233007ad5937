"""Colour words: which colours do these words name?"""

from __future__ import annotations

from dataclasses import dataclass

from processors.taste.analysers.lexicon_colours import FANCY, KIN, PLAIN
from processors.taste.analysers.words import Lexicon, Token

_FANCY_NAMES: dict[str, tuple[str, ...]] = {}
for _name, _phrases in FANCY.items():
    for _phrase in _phrases.split(","):
        _FANCY_NAMES[_phrase.strip()] = (*_FANCY_NAMES.get(_phrase.strip(), ()), _name)
_UNSURE = "?"
_WORDS = Lexicon(
    [
        *((name, f"{name},{phrases}") for name, phrases in PLAIN.items()),
        *((_UNSURE + phrase, phrase) for phrase in _FANCY_NAMES),
    ]
)

FAINT_SHARE = 0.05
"""A colour seen on less of the item than this doesn't speak for a word that may mean something else."""


@dataclass(frozen=True, slots=True)
class ColourWord:
    """A colour that a text names: `names` it may stand for, and whether it is `sure` to mean a colour at all."""

    names: tuple[str, ...]
    sure: bool


def colour_words(words: tuple[Token, ...]) -> tuple[ColourWord, ...]:
    """The colours that the text names, in its order."""
    found = []
    for match in _WORDS.find(words):
        if match.name.startswith(_UNSURE):
            found.append(ColourWord(_FANCY_NAMES[match.name.removeprefix(_UNSURE)], sure=False))
        else:
            found.append(ColourWord((match.name,), sure=True))
    return tuple(found)


def agreed(said: tuple[ColourWord, ...], seen: dict[str, float]) -> tuple[str, ...]:
    """The names to believe of what was `said`, given the shares `seen` in the picture (empty: nothing was seen).

    Sure words always count. Others count as the name that the picture shows most, if it shows any.
    """
    names: list[str] = []
    for word in said:
        if word.sure or not seen:
            names.append(word.names[0])
            continue
        shares = {name: sum(seen.get(kin, 0.0) for kin in (name, *KIN.get(name, ()))) for name in word.names}
        best = max(shares, key=lambda name: shares[name])
        if shares[best] >= FAINT_SHARE:
            names.append(best)
    return tuple(dict.fromkeys(names))
