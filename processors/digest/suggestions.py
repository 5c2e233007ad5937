"""Suggestions by rules: only items that the user owns, or that were scraped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from processors.digest.content import Draft
from processors.digest.inputs import Inputs
from processors.digest.model import Mood, Suggestion
from processors.digest.wardrobe_facts import title_of
from processors.digest.words import listed, words_of

LEAST, MOST = 3, 5
MOST_CANDIDATES = 16
RULES = "rules-1"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be suggested, and why the rules would."""

    item: str
    owned: bool
    title: str
    url: str | None
    why: str

    def suggested(self, rationale: str) -> Suggestion:
        """Return the suggestion of it."""
        return Suggestion(item=self.item, owned=self.owned, title=self.title, url=self.url, rationale=rationale)


def candidates(inputs: Inputs, of: Draft) -> list[Candidate]:
    """Return what may be suggested, the best first.

    What is neglected and in the air takes turns with finds; then come the neglected, what suits a mood, and the worn.
    """
    owned = {item["id"]: item for item in inputs.wardrobe if item["id"] not in of.refused}
    words = {
        key: words_of(title_of(item), item.get("category") or "", *item.get("tags", ())) for key, item in owned.items()
    }
    neglected = [
        Candidate(one.item, True, one.title, None, _unworn(one.days))
        for one in of.digest.neglected
        if one.item in owned
    ]
    moody = [
        replace(one, why=f"{_upper(mood.name)} is in the air, and {_lower(one.why)}")
        for one in neglected
        if (mood := _mood_of(words[one.item], of.digest.moods)) is not None
    ]
    finds = [
        Candidate(one.item, False, one.title, one.url, f"New, and it has what you like: {listed(one.because)}.")
        for one in of.digest.finds
    ]
    worn = [
        Candidate(one.item, True, one.title, None, f"You have worn it {one.wears} times: build this week's look on it.")
        for one in of.digest.worn
        if one.item in owned
    ]
    others = [
        Candidate(key, True, title_of(item), None, f"It suits {mood.name}, which is in the air.")
        for key, item in sorted(owned.items())
        if (mood := _mood_of(words[key], of.digest.moods)) is not None
    ]
    ordered = [*_alternating(moody, finds), *neglected, *others, *worn]
    first: dict[str, Candidate] = {}
    for one in ordered:
        first.setdefault(one.item, one)
    return list(first.values())[:MOST_CANDIDATES]


def by_rules(found: Sequence[Candidate]) -> list[Suggestion]:
    """Return up to five suggestions, fewer only when there are no more candidates."""
    return [one.suggested(one.why) for one in found[:MOST]]


def _alternating(one: Sequence[Candidate], other: Sequence[Candidate]) -> list[Candidate]:
    mixed: list[Candidate] = []
    for n in range(max(len(one), len(other))):
        mixed += [*one[n : n + 1], *other[n : n + 1]]
    return mixed


def _mood_of(words: frozenset[str], moods: Sequence[Mood]) -> Mood | None:
    """Return the first mood whose name or reasons the item's words show."""
    return next((mood for mood in moods if words & words_of(mood.name, *mood.because)), None)


def _unworn(days: int | None) -> str:
    return "You haven't worn it yet." if days is None else f"You haven't worn it for {days} days."


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
