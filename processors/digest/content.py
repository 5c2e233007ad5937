"""Content of a digest but for suggestions: a user's inputs and the week's surroundings put together. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from processors.digest import wardrobe_facts as facts
from processors.digest.inputs import Inputs
from processors.digest.model import Changed, Digest, Find, Mood, Suggestion
from processors.digest.surroundings import Surroundings
from processors.digest.words import liked, listed, shown, words_of
from shared import clock
from shared.documents.port import Body

MOST_MOODS = 3
MOST_FINDS = 5
VERDICT_WEIGHT = 0.5
"""How much a verdict on an item adds to, or takes from, each word of the profile that the item shows."""
_RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Draft:
    """A digest without suggestions, and what they may be made of.

    `refused` are items that the user doesn't want; `terms` are the profile's words after the feedback.
    """

    digest: Digest
    terms: Mapping[str, float]
    refused: frozenset[str]


def draft(inputs: Inputs, surroundings: Surroundings, *, week: str, run: str, at: datetime) -> Draft:
    """Return the digest of `week` as of `at`, without its suggestions."""
    terms = weighed(inputs)
    refused = frozenset(one["item"] for one in inputs.feedback if one["verdict"] == "down")
    best, worst = facts.values(inputs.wardrobe)
    digest = Digest(
        userId=inputs.user,
        week=week,
        run=run,
        asOf=clock.to_text(at),
        worn=facts.worn(inputs.wardrobe, at),
        neglected=facts.neglected(inputs.wardrobe, at),
        balance=facts.balance(inputs.wardrobe),
        bestValue=best,
        worstValue=worst,
        wearsByWeek=facts.wears_by_week(inputs.wears, at),
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
    """Return the whole digest."""
    return digest.model_copy(update={"suggestions": list(suggestions), "suggestedBy": by})


def _moods(terms: Mapping[str, float], surroundings: Surroundings) -> list[Mood]:
    return [
        Mood(
            id=mood.id,
            name=mood.name,
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
    wanted = (match for match in surroundings.items.best(terms) if match.thing["id"] not in refused)
    return [_find(match.thing, liked(match.found)) for match in islice(wanted, MOST_FINDS)]


def _find(body: Body, because: list[str]) -> Find:
    return Find(
        item=body["id"],
        title=body["title"],
        url=body["url"],
        priceMicro=body.get("priceMicro"),
        currency=body.get("currency"),
        because=because,
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
        weight = f"{listed(words)} {verb} {'more' if one['verdict'] == 'up' else 'less'}" if words else ""
        effects = ["it isn't suggested again"] if one["verdict"] == "down" else []
        effect = listed([*effects, *([weight] if weight else [])]) or "noted"
        found.append(Changed(item=one["item"], title=one["title"], verdict=one["verdict"], effect=effect))
    return found
