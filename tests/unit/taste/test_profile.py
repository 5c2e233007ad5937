"""What is a user's taste, given the evidence? A fold that knows neither order nor repeats."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.taste import profile
from processors.taste.evidence import order_of
from processors.taste.profile import NEWEST, TasteProfile
from shared import clock

HALF_LIFE = timedelta(days=60)
NEWEST_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def evidence(
    number: int, signal: str = "up", *, days_old: float = 0, colors: tuple[str, ...] = ("red",), **findings: Any
) -> dict[str, Any]:
    """Return one picture's evidence."""
    created = clock.to_text(NEWEST_AT - timedelta(days=days_old))
    return {
        "id": f"item-{number}",
        "userId": "ada",
        "signal": signal,
        "createdAt": created,
        "jobId": f"job-{number}",
        "generation": 0,
        "order": f"{created}|job-{number}",
        "findings": None
        if signal == "none"
        else {"styleKeywords": [], "colors": list(colors), "garments": [], "brand": None, **findings},
    }


def fold(evidences: list[dict[str, Any]]) -> dict[str, Any]:
    """Return ada's profile."""
    return profile.fold("ada", evidences, HALF_LIFE)


words = st.sampled_from(["red", "blue", "wool", "boho", "dress"])
evidences = st.lists(
    st.builds(
        evidence,
        st.integers(0, 10_000),
        st.sampled_from(["up", "down", "none"]),
        days_old=st.floats(0, 4000),
        colors=st.lists(words, max_size=3).map(tuple),
        styleKeywords=st.lists(words, max_size=8),
        garments=st.lists(words, max_size=2),
        brand=st.none() | words,
    ),
    max_size=40,
    unique_by=lambda one: one["id"],
)


@given(evidences=evidences, seed=st.randoms(use_true_random=False))
def test_the_profile_does_not_depend_on_the_order_of_the_evidences(
    evidences: list[dict[str, Any]], seed: random.Random
) -> None:
    shuffled = list(evidences)
    seed.shuffle(shuffled)

    if evidences:
        assert fold(shuffled) == fold(evidences)


@given(evidences=evidences, data=st.data())
def test_the_profile_does_not_depend_on_repeats(evidences: list[dict[str, Any]], data: st.DataObject) -> None:
    repeats = data.draw(st.lists(st.sampled_from(evidences), max_size=10)) if evidences else []

    if evidences:
        assert fold(evidences + repeats) == fold(evidences)


@given(evidences=evidences)
def test_every_profile_is_one_by_its_model_and_lists_each_job_it_covers(evidences: list[dict[str, Any]]) -> None:
    folded = fold(evidences)

    assert TasteProfile.model_validate(folded).model_dump(mode="json") == folded
    assert all(profile.covers(folded, order_of(one)) for one in evidences)


@given(evidences=evidences)
def test_likes_and_dislikes_add_up_to_the_pictures_that_show_the_word(evidences: list[dict[str, Any]]) -> None:
    for term in fold(evidences)["colors"]:
        shown = [one for one in evidences if one["findings"] and term["name"] in one["findings"]["colors"]]
        assert term["likes"] == sum(one["signal"] == "up" for one in shown)
        assert term["dislikes"] == sum(one["signal"] == "down" for one in shown)


@pytest.mark.parametrize(("days_old", "weight"), [(0, 1.0), (60, 0.5), (120, 0.25), (30, 0.707107), (36500, 0.0)])
def test_a_like_counts_half_after_each_half_life(days_old: float, weight: float) -> None:
    folded = fold([evidence(1, colors=("navy",)), evidence(2, days_old=days_old)])

    assert {term["name"]: term["weight"] for term in folded["colors"]}["red"] == weight


def test_age_is_relative_to_the_newest_evidence_not_to_today() -> None:
    folded = fold([evidence(1, days_old=1000)])

    assert folded["colors"][0]["weight"] == 1
    assert folded["asOf"] == clock.to_text(NEWEST_AT - timedelta(days=1000))


def test_a_dislike_counts_negative_and_dislikes_sort_last() -> None:
    folded = fold([evidence(1), evidence(2, "down", colors=("brown",))])

    assert [(term["name"], term["weight"], term["likes"], term["dislikes"]) for term in folded["colors"]] == [
        ("red", 1, 1, 0),
        ("brown", -1, 0, 1),
    ]


def test_a_like_that_was_taken_back_counts_nothing_but_is_covered() -> None:
    folded = fold([evidence(1), evidence(2, "none")])

    assert folded["evidences"] == 1
    assert profile.covers(folded, order_of(evidence(2, "none")))


def test_a_word_named_twice_by_one_picture_counts_once() -> None:
    assert fold([evidence(1, colors=("red", "red"))])["colors"][0]["likes"] == 1


def test_only_the_newest_500_evidences_count() -> None:
    newer = [evidence(number, days_old=number / 1000) for number in range(NEWEST)]
    older = [evidence(1000 + number, days_old=400, colors=("brown",)) for number in range(20)]
    folded = fold(older + newer)

    assert NEWEST == folded["evidences"] == 500
    assert [term["name"] for term in folded["colors"]] == ["red"]
    assert len(folded["covers"]) == 500


def test_of_evidences_of_one_instant_the_greater_job_ids_are_newer() -> None:
    at_once = [evidence(number) for number in range(1000, 1000 + NEWEST + 1)]

    assert not profile.covers(fold(at_once), order_of(at_once[0]))


def test_a_profile_is_full_of_newer_evidence_only_with_500_of_it() -> None:
    newest = [evidence(1000 + number, days_old=number / 1000) for number in range(NEWEST)]
    older = order_of(evidence(9, days_old=400))

    assert profile.is_full_of_newer(fold(newest), older)
    assert not profile.is_full_of_newer(fold(newest[1:]), older)
    assert not any(profile.is_full_of_newer(fold(newest), order_of(one)) for one in newest)


def test_no_evidence_gives_an_empty_profile() -> None:
    folded = fold([])

    assert (folded["asOf"], folded["evidences"], folded["colors"], folded["covers"]) == (None, 0, [], [])


def test_folding_tomorrow_gives_the_same_profile() -> None:
    given_evidences = [evidence(1), evidence(2, "down", days_old=3)]
    with clock.running_on(lambda: NEWEST_AT):
        today = fold(given_evidences)
    with clock.running_on(lambda: NEWEST_AT + timedelta(days=1)):
        assert fold(given_evidences) == today
