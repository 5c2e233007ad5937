"""Does the index find what going through all texts finds, in the same order?"""

from __future__ import annotations

import random
from typing import Any

import pytest

from processors.digest.alike import distinct
from processors.digest.content import MOST_FINDS, MOST_LOOKED_AT, MOST_MOODS, MOST_SUGGESTED, draft, weighed
from processors.digest.matching import Index
from processors.digest.words import liked, shown, words_of
from tests.unit.digest.build import AT, WEEK, Scraped, around, inputs, mood, scraped, taste

VOCABULARY = ("linen", "dress", "heels", "black", "denim", "jeans", "casual", "coat", "silk", "boots", "wool", "red")


def old_way(terms: dict[str, float], things: list[tuple[Any, frozenset[str]]], order: Any) -> list[tuple[Any, Any]]:
    """Ask every thing for every term: what the index replaced."""
    scored = [(sum(found.values()), thing, found) for thing, words in things if (found := shown(terms, words))]
    best = sorted((one for one in scored if one[0] > 0), key=lambda one: (-one[0], *order(one[1])))
    return [(thing, found) for _, thing, found in best]


def _terms(of: random.Random) -> dict[str, float]:
    names = {" ".join(of.sample(VOCABULARY, of.choice((1, 1, 1, 2, 3)))) for _ in range(of.randint(0, 9))}
    return {name: of.choice((1.0, 2.0, 0.5, -1.0, -0.25, 0.0)) for name in sorted(names)}


def _titles(of: random.Random, count: int) -> list[str]:
    return [" ".join(of.choices(VOCABULARY, k=of.randint(0, 5))) for _ in range(count)]


@pytest.mark.parametrize("seed", range(60))
def test_the_index_finds_what_going_through_everything_finds(seed: int) -> None:
    of = random.Random(seed)
    things = [(f"{n:04}", words_of(title)) for n, title in enumerate(_titles(of, of.choice((0, 3, 40, 600))))]
    index, terms = Index(things), _terms(of)

    found = [(match.thing, match.found) for match in index.best(terms)]

    assert found == old_way(terms, things, lambda key: (key,))


@pytest.mark.parametrize("seed", range(30))
def test_a_digest_has_the_moods_and_finds_that_it_had(seed: int) -> None:
    of = random.Random(seed)
    items: list[Scraped] = [scraped(f"s{of.random()}", title) for title in dict.fromkeys(_titles(of, 120))]
    moods = [mood(f"mood {n} {title}", items=of.randint(1, 4)) for n, title in enumerate(_titles(of, 30))]
    refused = of.choice(items)[0]
    down = {
        "item": refused["id"],
        "title": refused["title"],
        "verdict": "down",
        "updatedAt": "2026-11-20T09:00:00.000Z",
    }
    mine = inputs(taste=taste(**_terms(of)), feedback=(down,))

    digest = draft(mine, around(*moods, items=tuple(items)), week=WEEK, run="r", at=AT).digest

    terms = weighed(mine)
    wanted = [one for one in items if one[0]["id"] != refused["id"]]
    best = old_way(terms, wanted, lambda body: (body["id"],))[:MOST_LOOKED_AT]
    finds = list(distinct(best, lambda one: one[0]["title"]))[: MOST_FINDS + MOST_SUGGESTED]
    assert [(one.item, one.because) for one in digest.finds] == [(body["id"], liked(f)) for body, f in finds]
    of_moods = old_way(terms, [(one, words_of(*one.texts)) for one in moods], lambda one: (-one.items, one.id))
    assert [(one.id, one.because) for one in digest.moods] == [(m.id, liked(f)) for m, f in of_moods[:MOST_MOODS]]


def test_tenths_add_up_whatever_their_order() -> None:
    index = Index([("none", {"a", "b", "c"}), ("one", {"a"})])

    assert [one.thing for one in index.best({"a": 0.1, "b": 0.2, "c": -0.3})] == ["one"]


def test_of_what_matches_as_well_the_earlier_is_better_and_all_of_it_can_be_had() -> None:
    index = Index([(n, {"linen", "odd"} if n % 2 else {"linen"}) for n in range(1_000)])

    found = [one.thing for one in index.best({"linen": 1.0, "odd": 0.5})]

    assert found == [*range(1, 1_000, 2), *range(0, 1_000, 2)]
