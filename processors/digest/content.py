"""Content of a digest but for suggestions: a user's inputs and the week's surroundings put together. Pure rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Literal

from processors.digest import wardrobe_facts as facts
from processors.digest.alike import distinct
from processors.digest.inputs import Inputs
from processors.digest.model import SCRAPED, Changed, Digest, Find, Mood, Suggestion
from processors.digest.surroundings import Surroundings
from processors.digest.wording import capitalised, category, quoted
from processors.digest.words import liked, shown, words_of
from shared import clock
from shared.documents.port import Body

MOST_MOODS = 3
MOST_FINDS = 5
MOST_SUGGESTED = 5
MOST_LOOKED_AT = 60
"""Best matches among which near-identical titles count once: of fifty thousand like one another none is looked for."""
MOST_OWNED_TERMS = 12
_SAYS_NOTHING = frozenset(("the", "and", "with", "for", "other", "new", "thing", "item"))
VERDICT_WEIGHT = 0.5
"""How much a verdict on an item adds to, or takes from, each word of the profile that the item shows."""
_RECENT = timedelta(days=7)
_LISTS = {
    "neglected": facts.MOST,
    "worn": facts.MOST,
    "finds": MOST_FINDS,
    "bestValue": facts.VALUES,
    "worstValue": facts.VALUES,
}
"""Lists of items, in the order in which they choose, and how many of each are shown."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A digest without suggestions, and what they may be made of.

    `refused` are items that the user doesn't want; `terms` are the profile's words after the feedback, or of whom no
    likes are known those of the wardrobe. The digest has more finds than are shown: some may become suggestions.
    """

    digest: Digest
    terms: Mapping[str, float]
    refused: frozenset[str]


def draft(inputs: Inputs, surroundings: Surroundings, *, week: str, run: str, at: datetime) -> Draft:
    """Return the digest of `week` as of `at`, without its suggestions."""
    terms = weighed(inputs)
    made_of: Literal["taste", "wardrobe"] = "taste"
    if not any(weight > 0 for weight in terms.values()):
        terms, made_of = {**owned_terms(inputs.wardrobe), **terms}, "wardrobe"
    owned = {item["id"] for item in inputs.wardrobe}
    wears = [wear for wear in inputs.wears if wear["itemId"] in owned]
    refused = frozenset(one["item"] for one in inputs.feedback if one["verdict"] == "down")
    best, worst = facts.values(inputs.wardrobe)
    digest = Digest(
        userId=inputs.user,
        week=week,
        run=run,
        asOf=clock.to_text(at),
        name=inputs.person.name,
        locale=inputs.person.locale,
        direction=inputs.person.direction,
        madeOf=made_of,
        worn=facts.worn(inputs.wardrobe, at, wears),
        neglected=facts.neglected(inputs.wardrobe, at),
        balance=facts.balance(inputs.wardrobe),
        glance=facts.glance(inputs.wardrobe, at, wears),
        bestValue=best,
        worstValue=worst,
        wearsByWeek=facts.wears_by_week(wears, at),
        moods=_moods(terms, surroundings),
        finds=_finds(terms, surroundings, refused),
        suggestions=[],
        suggestedBy="",
        changed=_changed(inputs, at),
    )
    return Draft(digest, terms, refused)


def weighed(inputs: Inputs) -> dict[str, float]:
    """Return the profile's words with their weights after what the feedback says."""
    profile = inputs.terms()
    terms = dict(profile)
    for one in inputs.feedback:
        sign = VERDICT_WEIGHT if one["verdict"] == "up" else -VERDICT_WEIGHT
        for term in shown(profile, words_of(one["title"])):
            terms[term] += sign
    return terms


def with_suggestions(digest: Digest, suggestions: Sequence[Suggestion], by: str) -> Digest:
    """Return the whole digest, where no item is shown twice: what is shown above makes room for others below."""
    seen = {one.item for one in suggestions}
    rest: dict[str, list[Any]] = {}
    for member, most in _LISTS.items():
        rest[member] = [one for one in getattr(digest, member) if one.item not in seen][:most]
        seen |= {one.item for one in rest[member]}
    return digest.model_copy(update={**rest, "suggestions": list(suggestions), "suggestedBy": by})


def is_worth_opening(digest: Digest) -> bool:
    """Return whether a digest has anything but shares of a wardrobe."""
    return bool(digest.suggestions or digest.moods or digest.finds or digest.worn or digest.changed)


def owned_terms(wardrobe: Sequence[Body]) -> dict[str, float]:
    """Return the words that most items of a wardrobe show, by how many do."""
    counted: Counter[str] = Counter()
    for item in wardrobe:
        named = [*item.get("tags", ()), category(item.get("category") or "")]
        counted.update({word for text in [*named, *facts.title_of(item).split()] if (word := _plain(text))})
    best = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_OWNED_TERMS]
    return {word: float(count) for word, count in best}


def _plain(text: str) -> str:
    word = text.casefold().strip(" .,;:!?()[]\"'")
    return word if len(word) > 2 and word not in _SAYS_NOTHING and not word.isdigit() else ""


def _moods(terms: Mapping[str, float], surroundings: Surroundings) -> list[Mood]:
    return [
        Mood(
            id=mood.id,
            name=capitalised(mood.name),
            primaryMood=mood.primary,
            description=mood.description,
            palette=list(mood.palette),
            items=mood.items,
            because=liked(match.found),
        )
        for match in islice(surroundings.by_mood.best(terms), MOST_MOODS)
        for mood in (match.thing,)
    ]


def _finds(terms: Mapping[str, float], surroundings: Surroundings, refused: frozenset[str]) -> list[Find]:
    matches = islice(surroundings.items.best(terms), MOST_LOOKED_AT + len(refused))
    wanted = (match for match in matches if match.thing["id"] not in refused)
    different = distinct(wanted, lambda match: str(match.thing["title"]))
    return [_find(match.thing, liked(match.found)) for match in islice(different, MOST_FINDS + MOST_SUGGESTED)]


def _find(body: Body, because: list[str]) -> Find:
    return Find(
        item=body["id"],
        title=capitalised(body["title"]),
        url=body["url"],
        priceMicro=body.get("priceMicro"),
        currency=body.get("currency"),
        because=because,
        picture=f"{SCRAPED}{body['sourceId']}/{body['id']}" if body.get("imageHash") else None,
    )


def _changed(inputs: Inputs, at: datetime) -> list[Changed]:
    since, until = clock.to_text(at - _RECENT), clock.to_text(at)
    terms = inputs.terms()
    found = []
    for one in sorted(inputs.feedback, key=lambda one: (one["updatedAt"], one["item"])):
        if not since <= one["updatedAt"] < until:
            continue
        words = liked(shown(dict.fromkeys(terms, 1.0), words_of(one["title"])))
        verb = "count" if len(words) > 1 else "counts"
        weight = f"{quoted(words)} {verb} {'more' if one['verdict'] == 'up' else 'less'}" if words else ""
        effects = ["it isn't suggested again"] if one["verdict"] == "down" else []
        effect = ", and ".join([*effects, *([weight] if weight else [])]) or "noted, with thanks"
        found.append(Changed(item=one["item"], title=one["title"], verdict=one["verdict"], effect=effect))
    return found
