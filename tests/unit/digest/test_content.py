"""What is in a digest, and what has feedback changed in it?"""

from __future__ import annotations

from typing import Any

import pytest

from processors.digest.content import weighed
from processors.digest.suggestions import MOST, RULES, by_rules, candidates
from processors.digest.words import listed, words_of
from tests.unit.digest.build import around, drafted, inputs, item, mood, scraped, taste, worn

LIKES = taste(dresses=2.0, heels=1.0, linen=1.0, hoodies=-1.0)


def verdict(key: str, title: str, said: str, at: str = "2026-11-20T09:00:00.000Z") -> dict[str, Any]:
    """Return what a user thinks of an item."""
    return {"id": key, "item": key, "title": title, "verdict": said, "updatedAt": at}


def test_moods_that_show_what_the_user_likes_come_with_the_reason() -> None:
    of = inputs(taste=LIKES)

    found = drafted(
        of, around(mood("linen resort", pieces=("dress",)), mood("baggy street", pieces=("hoodie",)))
    ).digest

    assert [(one.name, one.because) for one in found.moods] == [("linen resort", ["dresses", "linen"])]


def test_finds_are_what_shows_most_of_the_taste() -> None:
    items = (scraped("a", "Linen dress"), scraped("b", "Red heels"), scraped("c", "Grey hoodie"), scraped("d", "A mug"))

    found = drafted(inputs(taste=LIKES), around(items=items)).digest

    assert [one.item for one in found.finds] == ["a", "b"]
    assert found.finds[0].because == ["dresses", "linen"]


def test_without_a_profile_there_are_no_finds_and_no_moods() -> None:
    found = drafted(inputs(item("a")), around(mood("linen resort"), items=(scraped("a", "Linen dress"),))).digest

    assert (found.finds, found.moods) == ([], [])


def test_what_is_not_wanted_is_found_no_more_and_its_words_count_less() -> None:
    of = inputs(taste=LIKES, feedback=(verdict("a", "Linen dress", "down"),))

    found = drafted(of, around(items=(scraped("a", "Linen dress"), scraped("b", "Heels"), scraped("c", "Linen shirt"))))

    assert [one.item for one in found.digest.finds] == ["b", "c"]
    assert (found.terms["linen"], found.terms["dresses"], found.terms["heels"]) == (0.5, 1.5, 1.0)
    (changed,) = found.digest.changed
    assert changed.effect == "it isn't suggested again and dresses and linen count less"


def test_what_is_liked_counts_more() -> None:
    of = inputs(taste=LIKES, feedback=(verdict("a", "Heels", "up"),))

    assert weighed(of)["heels"] == 1.5
    assert drafted(of).digest.changed[0].effect == "heels counts more"


def test_only_feedback_of_the_last_seven_days_has_just_changed_something() -> None:
    old = verdict("a", "Heels", "up", at="2026-11-16T08:59:59.000Z")
    new = verdict("b", "Heels", "up", at="2026-11-16T09:00:00.000Z")

    of = inputs(taste=LIKES, feedback=(old, new))

    assert [one.item for one in drafted(of).digest.changed] == ["b"]
    assert weighed(of)["heels"] == 2.0


def test_suggestions_are_owned_or_scraped_and_never_unwanted() -> None:
    of = inputs(
        worn("linen-trousers", 1, "2026-01-01"), worn("old-hat", 1, "2026-01-01"), worn("tee", 9, "2026-11-22"),
        taste=LIKES, feedback=(verdict("old-hat", "Old hat", "down"), verdict("x", "Heels", "down")),
    )  # fmt: skip
    draft = drafted(of, around(mood("linen resort"), items=(scraped("x", "Heels"), scraped("y", "A long dress"))))

    found = by_rules(candidates(of, draft))

    assert [one.item for one in found] == ["linen-trousers", "y", "tee"]
    assert [one.owned for one in found] == [True, False, True]
    assert found[0].rationale.startswith("Linen resort is in the air, and you haven't worn it for")
    assert found[1].rationale == "New, and it has what you like: dresses."


def test_there_are_at_most_five_suggestions_and_no_item_twice() -> None:
    of = inputs(*(worn(f"linen-{n}", 1, "2026-01-01") for n in range(9)), taste=LIKES)
    found = candidates(of, drafted(of, around(mood("linen resort"))))

    assert len({one.item for one in found}) == len(found)
    assert len(by_rules(found)) == MOST
    assert RULES == "rules-1"


@pytest.mark.parametrize(
    ("text", "words"),
    [("Red Heels", {"red", "heel"}), ("Dresses", {"dress"}), ("Café–Crème", {"cafe", "creme"}), ("boss", {"boss"})],
)
def test_words_are_whole_and_without_plurals(text: str, words: set[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("words", "told"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_are_listed_as_a_sentence_has_them(words: list[str], told: str) -> None:
    assert listed(words) == told
