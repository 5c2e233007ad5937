"""Which colours do these words name?"""

from __future__ import annotations

from dataclasses import dataclass

from processors.taste.analysers.lexicon_colours import FANCY, KIN, PLAIN
from processors.taste.analysers.words import Lexicon, Token

_PLAIN = Lexicon(PLAIN)
_FANCY_FORMS: dict[str, list[str]] = {}
for _name, _phrases in FANCY.items():
    for _phrase in _phrases.split(","):
        _FANCY_FORMS.setdefault(_phrase.strip(), []).append(_name)
_BOTH = Lexicon(
    [*((name, f"{name},{forms}") for name, forms in PLAIN.items())]
    + [(f"?{phrase}", phrase) for phrase in _FANCY_FORMS],
    own_names=False,
)


@dataclass(frozen=True, slots=True)
class ColourWord:
    """A colour that a text names: `names` it may stand for, and whether it is `sure` to mean a colour at all."""

    names: tuple[str, ...]
    sure: bool


def colour_words(words: tuple[Token, ...]) -> tuple[ColourWord, ...]:
    """The colours that the text names, in its order."""
    found = []
    for match in _BOTH.find(words):
        if match.name.startswith("?"):
            found.append(ColourWord(tuple(_FANCY_FORMS[match.name[1:]]), sure=False))
        else:
            found.append(ColourWord((match.name,), sure=True))
    return tuple(found)


def agreed(said: tuple[ColourWord, ...], seen: dict[str, float], least_share: float) -> tuple[str, ...]:
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
        if shares[best] >= least_share:
            names.append(best)
    return tuple(dict.fromkeys(names))
