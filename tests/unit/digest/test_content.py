"""What is in a digest, and what has feedback changed in it?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from processors.digest.alike import distinct
from processors.digest.content import is_worth_opening, weighed, with_suggestions
from processors.digest.inputs import Inputs
from processors.digest.model import Digest
from processors.digest.page import render
from processors.digest.suggestions import MOST, RULES, by_rules, candidates
from processors.digest.surroundings import Surroundings
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

    assert [(one.name, one.because) for one in found.moods] == [("Linen resort", ["dresses", "linen"])]


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
    assert changed.effect == "it isn't suggested again, and “dresses” and “linen” count less"


def test_what_is_liked_counts_more() -> None:
    of = inputs(taste=LIKES, feedback=(verdict("a", "Heels", "up"),))

    assert weighed(of)["heels"] == 1.5
    assert drafted(of).digest.changed[0].effect == "“heels” counts more"


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
    assert found[0].rationale == "“Linen” is in the air, and you last wore this in January."
    assert found[1].rationale == "Newly found, and close to your taste: “dresses”."
    assert found[2].rationale == "You have worn this nine times: build this week's look on it."


def test_there_are_at_most_five_suggestions_and_no_item_twice() -> None:
    kinds = ("hat", "shirt", "skirt", "coat", "bag", "scarf", "tie")
    of = inputs(*(worn(f"linen-{kind}", 1, "2026-01-01") for kind in kinds), taste=LIKES)
    found = candidates(of, drafted(of, around(mood("linen resort"))))

    assert len({one.item for one in found}) == len(found)
    assert len(by_rules(found)) == MOST
    assert RULES == "rules-2"


def test_an_item_is_shown_once() -> None:
    kinds = ("dress", "long skirt", "bag", "white coat", "silk scarf", "tie", "shoes", "belt")
    finds = tuple(scraped(f"f{n}", f"Linen {kind}") for n, kind in enumerate(kinds))
    of = inputs(
        worn("linen-hat", 4, "2026-01-01", priceMicroUsd=1), worn("tee", 9, "2026-11-22", priceMicroUsd=5), taste=LIKES
    )  # fmt: skip
    draft = drafted(of, around(mood("linen resort"), items=finds))

    digest = with_suggestions(draft.digest, by_rules(candidates(of, draft)), RULES)

    lists = (digest.suggestions, digest.finds, digest.worn, digest.neglected, digest.bestValue, digest.worstValue)
    shown = [one.item for parts in lists for one in parts]
    assert len(shown) == len(set(shown)) == 10
    assert (len(digest.suggestions), len(digest.finds)) == (5, 4)


@pytest.mark.parametrize(
    ("one", "other", "are_alike"),
    [
        ("Linen dress, size 38", "Linen dress, size 40", True),
        ("Straight leg blue jeans", "Blue jeans, straight leg (new)", True),
        ("Linen dress black", "Linen dress red", False),
        ("501", "502", False),
    ],
)
def test_near_identical_titles_are_one(one: str, other: str, are_alike: bool) -> None:
    assert len(list(distinct([one, other], str))) == (1 if are_alike else 2)


def test_a_mood_is_no_reason_for_what_does_not_show_it() -> None:
    of = inputs(worn("bag", 1, "2026-01-01", title="Classic leather handbag"), taste=taste(tweed=1.0))
    draft = drafted(of, around(mood("tweed classic")))

    (found,) = candidates(of, draft)

    assert found.why == "You last wore this in January. It would be good to see it again."


def test_who_has_five_items_and_no_likes_gets_something_worth_opening() -> None:
    of = inputs(
        item("hat", title="straw hat", tags=["summer"]), item("tee", title="striped tee"), item("bag"),
        item("coat", title="wool coat", category="Clothing > Outerwear"), item("belt"),
    )  # fmt: skip
    draft = drafted(of, around(mood("wool winter"), items=(scraped("a", "Wool scarf"), scraped("b", "A mug"))))

    digest = with_suggestions(draft.digest, by_rules(candidates(of, draft)), RULES)

    assert digest.madeOf == "wardrobe"
    assert [(one.name, one.because) for one in digest.moods] == [("Wool winter", ["wool"])]
    reasons = {one.item: one.rationale for one in digest.suggestions}
    assert reasons["a"] == "Newly found, and close to what you own: “wool”."
    assert reasons["coat"] == "“Wool” is in the air, and you own it already."
    assert len(reasons) == 5
    assert is_worth_opening(digest)


def test_a_digest_about_nothing_is_not_worth_opening() -> None:
    assert not is_worth_opening(drafted(inputs(taste=taste(silk=1.0))).digest)


def test_the_first_suggestions_of_a_wardrobe_without_wears_are_others_each_week() -> None:
    of = inputs(*(item(kind) for kind in ("hat", "tee", "bag", "coat", "belt", "skirt", "dress", "scarf")))
    orders = {
        tuple(one.item for one in candidates(of, replace(draft, digest=draft.digest.model_copy(update={"week": week}))))
        for draft in [drafted(of)]
        for week in ("2026-W48", "2026-W49", "2026-W50")
    }

    assert len(orders) == 3


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


def finished(of: Inputs, surroundings: Surroundings | None = None) -> Digest:
    """Return the whole digest with suggestions by rules."""
    draft = drafted(of, surroundings)
    return with_suggestions(draft.digest, by_rules(candidates(of, draft)), RULES)


def test_what_is_suggested_makes_room_for_others_in_the_lists_below() -> None:
    priced = {"priceMicroUsd": 60_000_000}
    names = [f"{letter}-{letter}coat" for letter in "abcdefghijklmnopqrstuvw"]
    wardrobe = [worn(name, 2, "2026-11-20", **priced) for name in names[:9]]
    wardrobe += [worn(name, 1, "2026-01-01", **priced) for name in names[9:]]

    digest = finished(inputs(*wardrobe))

    lists = (digest.suggestions, digest.neglected, digest.worn, digest.bestValue, digest.worstValue)
    assert [len(one) for one in lists] == [5, 5, 5, 3, 3]
    shown = [one.item for each in lists for one in each]
    assert len(shown) == len(set(shown))


def test_of_a_small_wardrobe_what_no_list_has_left_is_told_in_numbers() -> None:
    names = ("hat", "coat", "shoe")
    wardrobe = [worn(name, 2, "2026-11-20", priceMicroUsd=60_000_000) for name in names]
    wears = tuple({"itemId": name, "wornAt": f"2026-11-{day}T10:00:00.000Z"} for name in names for day in (10, 20))

    digest = finished(inputs(*wardrobe, wears=wears))

    assert [one.item for one in digest.suggestions] == sorted(names)
    headings = LexborHTMLParser(render(digest)).css("h2")
    assert [heading.text() for heading in headings] == ["Try this week", "Your weeks", "Your wardrobe"]
    text = LexborHTMLParser(render(digest)).body.text()  # type: ignore[union-attr]
    assert "Three pieces, all of them worn in the last eight weeks. A wear has cost $30.00 on average." in text
    assert "Wears a week" in text
