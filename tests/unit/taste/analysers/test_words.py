"""How are words compared?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.taste.analysers.words import Lexicon, Match, stem, stems, tokens


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("Shirts", "shirt"),
        ("dresses", "dress"),
        ("watches", "watch"),
        ("scarves", "scarf"),
        ("ties", "tie"),
        ("hoodies", "hoodie"),
        ("sarees", "saree"),
        ("accessories", "accessory"),
        ("dress", "dress"),
        ("canvas", "canvas"),
        ("Women", "woman"),
        ("mens", "man"),
    ],
)
def test_plurals_fold(plural: str, singular: str) -> None:
    assert stem(plural) == singular


@pytest.mark.parametrize("text", ["T-Shirt", "t shirt", "T‑SHIRT", "T- Shirts"])
def test_hyphens_case_and_number_fold(text: str) -> None:
    assert stems(text) == ("t", "shirt")


@pytest.mark.parametrize(
    ("text", "folded"), [("Men's", "man"), ("Men’s", "man"), ("Lancôme", "lancome"), ("Levi's®", "levis")]
)
def test_apostrophes_accents_and_marks_fold(text: str, folded: str) -> None:
    assert stems(text) == (folded,)


def test_a_dash_between_words_separates() -> None:
    assert [token.is_separator for token in tokens("Dress - Navy")] == [False, True, False]


def test_the_longest_phrase_wins() -> None:
    lexicon = Lexicon([("short", "shirt"), ("long", "shirt dress")])
    assert lexicon.find(tokens("a shirt dress")) == (Match("long", 1, 3),)


def test_a_phrase_does_not_reach_over_a_separator() -> None:
    assert Lexicon([("x", "shirt dress")]).find(tokens("shirt, dress")) == ()


def test_an_exact_lexicon_keeps_number_and_joins() -> None:
    lexicon = Lexicon([("H&M", "H&M"), ("Faces", "Faces")], exact=True)
    assert [match.name for match in lexicon.find(tokens("h&m face FACES"))] == ["H&M", "Faces"]


@given(st.text())
def test_any_text_has_tokens(text: str) -> None:
    assert all(token.raw and token.stem for token in tokens(text))
