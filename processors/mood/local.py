"""Mood extraction on this machine: a lexicon places a chunk's items, clusters of their vectors divide them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from processors.mood import vocabulary
from processors.mood.found import MAX_OF_A_KIND, MOST_OF_A_CHUNK, Item, RawMood
from processors.mood.links import linked
from processors.mood.words import Lexicon, folded, lexicon, listed

ALIKE = 0.35
"""Cosine from which two items of one primary mood belong to the same cluster, by local vectors of title and text."""
_ORDER = {name: number for number, name in enumerate(vocabulary.PRIMARY)}
_PRIMARY = lexicon({form: name for name, forms in vocabulary.PRIMARY.items() for form in listed(forms)})
_SUB_MOODS = 4


def _of(forms: str) -> Lexicon:
    return lexicon({form: form for form in listed(forms)})


_FACETS: dict[str, Lexicon] = {
    "palette": lexicon(vocabulary.PALETTE),
    "patterns": _of(vocabulary.PATTERNS),
    "silhouettes": _of(vocabulary.SILHOUETTES),
    "fabrics": _of(vocabulary.FABRICS),
    "keyPieces": _of(vocabulary.PIECES),
}
_NAMED_BY = ("fabrics", "patterns", "keyPieces", "silhouettes")
"""What gives a mood the first word of its name, if it is as frequent as anything else."""


@dataclass(frozen=True, slots=True)
class _Placed:
    item: Item
    words: str
    primary: str


def extract(items: Sequence[Item]) -> list[RawMood]:
    """Return up to six moods of a chunk; the order of the items doesn't matter. Items without a mood are left out."""
    by_primary: dict[str, list[_Placed]] = {}
    for item in sorted(items, key=lambda item: item.id):
        placed = _placed(item)
        if placed is not None:
            by_primary.setdefault(placed.primary, []).append(placed)
    largest = sorted(by_primary, key=lambda name: (-len(by_primary[name]), _ORDER[name]))[:MOST_OF_A_CHUNK]
    clusters = {name: _clusters(by_primary[name]) for name in largest}
    spare = sorted(
        chain.from_iterable(found[1:] for found in clusters.values()), key=lambda found: (-len(found), found[0].item.id)
    )
    taken = spare[: MOST_OF_A_CHUNK - len(largest)]
    for left in spare[len(taken) :]:
        clusters[left[0].primary][0].extend(left)
    return [_mood(found) for found in chain((clusters[name][0] for name in largest), taken) if found]


def _placed(item: Item) -> _Placed | None:
    words = folded(f"{item.title} {item.text}")
    hits = _PRIMARY.found(words)
    if not hits:
        return None
    return _Placed(item, words, min(hits, key=lambda name: (-hits[name], _ORDER[name])))


def _clusters(placed: list[_Placed]) -> list[list[_Placed]]:
    """Return the clusters of one primary mood's items, the largest first. Items without a vector join the largest."""
    import numpy as np

    seen = [one for one in placed if one.item.vector is not None]
    found: list[list[_Placed]] = []
    if seen:
        vectors = np.stack([one.item.vector for one in seen])
        found = [[seen[index] for index in members] for members in linked(vectors @ vectors.T >= ALIKE)]
        found.sort(key=lambda members: (-len(members), members[0].item.id))
    unseen = [one for one in placed if one.item.vector is None]
    if not found:
        return [unseen]
    found[0].extend(unseen)
    return found


def _mood(placed: Sequence[_Placed]) -> RawMood:
    primary = placed[0].primary
    counted = {facet: _counted(lexicon, placed) for facet, lexicon in _FACETS.items()}
    signals = {facet: _strongest(found, MAX_OF_A_KIND) for facet, found in counted.items()}
    subs = Counter(form for one in placed for form in set(_PRIMARY.forms(one.words)) if _PRIMARY.names[form] == primary)
    return RawMood(
        primary=primary,
        name=_name(primary, counted),
        sub_moods=tuple(form for form in _strongest(subs, _SUB_MOODS + 1) if form != primary)[:_SUB_MOODS],
        description=_description(primary, signals),
        signals=signals,
        items=tuple(sorted(one.item.id for one in placed)),
    )


def _counted(of: Lexicon, placed: Iterable[_Placed]) -> Counter[str]:
    """Return in how many of the items each name is found."""
    return Counter(chain.from_iterable(set(of.found(one.words)) for one in placed))


def _strongest(found: Counter[str], most: int) -> list[str]:
    return sorted(found, key=lambda name: (-found[name], name))[:most]


def _name(primary: str, counted: dict[str, Counter[str]]) -> str:
    choices = [
        (-count, place, word)
        for place, facet in enumerate(_NAMED_BY)
        for word, count in counted[facet].items()
        if word != primary
    ]
    return f"{min(choices)[2]} {primary}" if choices else primary


def _description(primary: str, signals: dict[str, list[str]]) -> str:
    looks = [*signals["fabrics"][:2], *signals["patterns"][:1], *signals["silhouettes"][:1]]
    pieces = signals["keyPieces"][:3]
    told = f"{primary.capitalize()}{' in ' + ', '.join(looks) if looks else ''}"
    return f"{told}: {', '.join(pieces)}." if pieces else f"{told}."
