"""Suggestions by rules: only items that the user owns, or that were scraped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from processors.digest.alike import distinct
from processors.digest.content import Draft
from processors.digest.inputs import Inputs
from processors.digest.model import Find, Mood, Suggestion
from processors.digest.wardrobe_facts import title_of
from processors.digest.wording import capitalised, month_of, quoted, times
from processors.digest.words import words_of
from shared import clock
from shared.documents.ids import sha256
from shared.documents.port import Body

LEAST, MOST = 3, 5
MOST_CANDIDATES = 16
RULES = "rules-2"
_FRESH = "Put this on once this week, and note that you wore it: then we know what you love."


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be suggested, and why the rules would. A `filler` only for want of others."""

    item: str
    owned: bool
    title: str
    url: str | None
    why: str
    picture: str | None = None
    filler: bool = False

    def suggested(self, rationale: str) -> Suggestion:
        """Return the suggestion of it."""
        return Suggestion(
            item=self.item, owned=self.owned, title=self.title, url=self.url, rationale=rationale, picture=self.picture
        )


def candidates(inputs: Inputs, of: Draft) -> list[Candidate]:
    """Return what may be suggested, the best first, near-identical titles once.

    What waits takes turns with finds, what is in the air first; then come what suits a mood, the wardrobe where no wear
    is noted at all, and the worn, which is suggested only for want of others.
    """
    owned = {item["id"]: item for item in inputs.wardrobe if item["id"] not in of.refused}
    moods = [(mood, {term: words_of(term) for term in mood.because}) for mood in of.digest.moods]
    airy = {key: term for key, item in owned.items() if (term := _in_the_air(item, moods))}
    at = clock.parse(of.digest.asOf)

    def own(key: str, why: str, *, filler: bool = False) -> Candidate:
        item = owned[key]
        return Candidate(key, True, title_of(item), None, why, item.get("thumbnail"), filler)

    waiting = {one.item: one.days for one in of.digest.neglected if one.item in owned}
    moody = [own(key, _air_and_waits(airy[key], days, at)) for key, days in waiting.items() if key in airy]
    finds = [Candidate(one.item, False, one.title, one.url, _found(one, of), one.picture) for one in of.digest.finds]
    rested = [own(key, _waits(days, at)) for key, days in waiting.items() if key not in airy]
    lately = {one.item for one in of.digest.worn}
    others = [own(key, _air_and_owned(airy[key])) for key in sorted(airy) if key not in lately]
    fresh = [own(key, _FRESH) for key in _in_turn(owned, of.digest.week)] if not _any_worn(inputs) else []
    worn = [own(one.item, _is_worn(one.wears), filler=True) for one in of.digest.worn if one.item in owned]
    first: dict[str, Candidate] = {}
    for one in (*_alternating([*moody, *rested], finds), *others, *fresh, *worn):
        first.setdefault(one.item, one)
    return list(islice(distinct(first.values(), lambda one: one.title), MOST_CANDIDATES))


def by_rules(found: Sequence[Candidate]) -> list[Suggestion]:
    """Return up to five suggestions; of what is only for want of others no more than make three."""
    best = found[:MOST]
    return [one.suggested(one.why) for n, one in enumerate(best) if n < LEAST or not one.filler]


def _alternating(one: Sequence[Candidate], other: Sequence[Candidate]) -> list[Candidate]:
    mixed: list[Candidate] = []
    for n in range(max(len(one), len(other))):
        mixed += [*one[n : n + 1], *other[n : n + 1]]
    return mixed


def _in_the_air(item: Body, moods: Sequence[tuple[Mood, Mapping[str, frozenset[str]]]]) -> str | None:
    """Return the first term, of those that made a mood the user's, that the item shows too."""
    if not moods:
        return None
    words = words_of(title_of(item), item.get("category") or "", *item.get("tags", ()))
    return next((term for _, terms in moods for term, own in terms.items() if own and own <= words), None)


def _any_worn(inputs: Inputs) -> bool:
    return any(item.get("wearCount") for item in inputs.wardrobe)


def _in_turn(keys: Iterable[str], week: str) -> list[str]:
    """Return keys in an order that is another each week."""
    return sorted(keys, key=lambda key: sha256(f"{week}|{key}"))


def _found(find: Find, of: Draft) -> str:
    close = "close to your taste" if of.digest.madeOf == "taste" else "close to what you own"
    return f"Newly found, and {close}: {quoted(find.because)}."


def _waits(days: int | None, at: datetime) -> str:
    if days is None:
        return "No wear of this is noted yet. Why not this week?"
    return f"You last wore this in {month_of(days, at)}. It would be good to see it again."


def _air_and_waits(term: str, days: int | None, at: datetime) -> str:
    air = f"“{capitalised(term)}” is in the air, and "
    return air + ("no wear of this is noted yet." if days is None else f"you last wore this in {month_of(days, at)}.")


def _air_and_owned(term: str) -> str:
    return f"“{capitalised(term)}” is in the air, and you own it already."


def _is_worn(wears: int) -> str:
    return f"You have worn this {times(wears)}: build this week's look on it."
