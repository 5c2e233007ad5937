"""Matching: which of many texts show what a user likes? Their words are indexed once; a user costs what matches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

from processors.digest.words import words_of_term

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Positions = NDArray[np.int32]

Thing = TypeVar("Thing")
_MILLIONTHS = 1_000_000
"""Weights are kept with six digits: counted in whole millionths, no sum depends on the order of its parts."""
_RANKED_AT_ONCE, _THEN_TIMES = 64, 8
_TERMS_OF_SEVERAL_WORDS = 256
"""How many of them are remembered: up to 200 KB each where 50,000 texts show one."""


@dataclass(frozen=True, slots=True)
class Match(Generic[Thing]):
    """A thing that shows some of the `terms`: `showing` has the positions of all that show each."""

    thing: Thing
    position: int
    terms: Mapping[str, float]
    showing: Mapping[str, Positions]

    @property
    def found(self) -> dict[str, float]:
        """The terms that it shows, with their weights."""
        return {term: self.terms[term] for term, where in self.showing.items() if _holds(where, self.position)}


class Index(Generic[Thing]):
    """Things by the words of their texts. It keeps positions only: neither texts nor words of a single thing."""

    def __init__(self, entries: Iterable[tuple[Thing, Iterable[str]]]) -> None:
        """Index things with their words. Of things that match as well, one that comes earlier here is better."""
        import numpy as np

        postings: dict[str, list[int]] = {}
        things: list[Thing] = []
        for position, (thing, words) in enumerate(entries):
            things.append(thing)
            for word in words:
                postings.setdefault(word, []).append(position)
        self._things = things
        self._postings: dict[str, Positions] = {
            word: np.array(positions, dtype=np.int32) for word, positions in postings.items()
        }
        self._none: Positions = np.array([], dtype=np.int32)
        self._of_several: Callable[[frozenset[str]], Positions] = lru_cache(maxsize=_TERMS_OF_SEVERAL_WORDS)(
            self._with_all
        )

    def __len__(self) -> int:
        return len(self._things)

    def best(self, terms: Mapping[str, float]) -> Iterator[Match[Thing]]:
        """Yield what shows more of the liked terms than of the disliked, the most first.

        Only about so many are put in order as are asked for.
        """
        import numpy as np

        showing = {term: where for term in terms if len(where := self._where(term))}
        if not showing:
            return
        scores = np.zeros(len(self._things), np.int64)
        for term, where in showing.items():
            np.add.at(scores, where, round(terms[term] * _MILLIONTHS))
        for position in _ordered(scores):
            yield Match(self._things[position], position, terms, showing)

    def _where(self, term: str) -> Positions:
        """Return the positions of the things that show all words of a term; ascending."""
        words = words_of_term(term)
        if len(words) == 1:
            (word,) = words
            return self._postings.get(word, self._none)
        return self._of_several(words) if words else self._none

    def _with_all(self, words: frozenset[str]) -> Positions:
        import numpy as np

        rarest, *others = sorted((self._postings.get(word, self._none) for word in words), key=len)
        for other in others:
            if not len(rarest):
                break
            places = np.minimum(np.searchsorted(other, rarest), len(other) - 1)
            rarest = rarest[other[places] == rarest]
        return rarest


def _ordered(scores: NDArray[np.int64]) -> Iterator[int]:
    """Yield the places of positive scores, the highest first, of equal ones the earlier.

    Those that share the highest score are found without putting anything in order; of the rest a first few, then more.
    """
    import numpy as np

    highest = np.max(scores)
    if highest <= 0:
        return
    equal = np.flatnonzero(scores == highest)
    for at in range(0, len(equal), _RANKED_AT_ONCE):
        yield from equal[at : at + _RANKED_AT_ONCE].tolist()
    told, positive, most = len(equal), int(np.count_nonzero(scores > 0)), len(equal) + _RANKED_AT_ONCE
    while told < positive:
        ranked = _first(scores, min(most, positive))
        yield from ranked[told:].tolist()
        told, most = len(ranked), most * _THEN_TIMES


def _first(scores: NDArray[np.int64], most: int) -> NDArray[np.intp]:
    """Return the places of the `most` highest scores, the highest first, of equal ones the earlier."""
    import numpy as np

    least = np.partition(scores, -most)[-most]
    above = np.flatnonzero(scores > least)
    equal = np.flatnonzero(scores == least)[: most - len(above)]
    places = np.sort(np.concatenate([above, equal]))
    return places[np.argsort(-scores[places], kind="stable")]


def _holds(where: Positions, position: int) -> bool:
    place = int(where.searchsorted(position))
    return place < len(where) and int(where[place]) == position
