"""Which brand is believed?"""

from __future__ import annotations

import pytest

from processors.taste.analysers.brands import MAX_BRAND_CHARS, brand_in, recorded
from processors.taste.analysers.lexicon_brands import AMBIGUOUS, BRANDS
from processors.taste.analysers.styles import COMMON_STEMS
from processors.taste.analysers.words import tokens


def _brand(title: str) -> str | None:
    return brand_in(tokens(title), COMMON_STEMS)[0]


@pytest.mark.parametrize(
    ("title", "brand"),
    [
        ("NIKE Air Shoes", "Nike"),
        ("Shoes by Dr. Martens", "Dr. Martens"),
        ("Levi's® Jeans", "Levi's"),
        ("H&M Tank", "H&M"),
        ("Red Tape Men's Sneakers", "Red Tape"),
        ("Mango Wrap Dress", "Mango"),
    ],
)
def test_known_brands_are_found(title: str, brand: str) -> None:
    assert _brand(title) == brand


@pytest.mark.parametrize("title", ["Dress in Mango Yellow", "Face Cream"])
def test_a_brand_that_is_a_word_too_counts_only_at_the_start(title: str) -> None:
    assert _brand(title) is None


def test_an_unknown_name_before_whom_it_is_for_is_a_brand() -> None:
    assert brand_in(tokens("Blotto Verde Men's Blue Shirt"), COMMON_STEMS) == ("Blotto Verde", 0, 2)


@pytest.mark.parametrize(
    "title", ["Black Women's Dress", "Stylish Men's Shirt", "Cotton Kids Shirt", "funny Men's Shirt", ""]
)
def test_everyday_words_are_no_brand(title: str) -> None:
    assert _brand(title) is None


@pytest.mark.parametrize(
    ("record", "brand"), [("  Harbour   Lane ", "Harbour Lane"), ("", None), ("  ", None), (None, None)]
)
def test_a_record_s_brand_is_tidied(record: str | None, brand: str | None) -> None:
    assert recorded(record) == brand


def test_a_record_s_brand_has_a_limit() -> None:
    assert len(recorded("x" * 1000) or "") == MAX_BRAND_CHARS


def test_every_ambiguous_brand_is_a_brand() -> None:
    assert set(BRANDS) >= AMBIGUOUS
