"""Which style keywords fit?"""

from __future__ import annotations

import pytest

from processors.taste.analysers.findings import MAX_STYLE_KEYWORDS
from processors.taste.analysers.styles import keywords, styles_named
from processors.taste.analysers.words import tokens


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("Striped Cotton Tee", ("striped", "cotton")),
        ("Checked Casual Shirt", ("checked", "casual")),
        ("Floral Summer Dress", ("floral", "summer")),
        ("Slim-Fit Jeans", ("slim fit", "denim")),
        ("Hiking Boots", ("sporty", "outdoor")),
        ("Nothing", ()),
    ],
)
def test_words_name_styles(text: str, styles: tuple[str, ...]) -> None:
    assert styles_named(tokens(text)) == styles


def test_words_come_before_the_kind_s_own_styles() -> None:
    assert keywords(("striped",), ("t-shirts",), {}) == ("striped", "casual")


@pytest.mark.parametrize(
    ("shares", "keyword"),
    [
        ({"black": 0.6, "white": 0.4}, "monochrome"),
        ({"lavender": 0.8, "grey": 0.2}, "pastel"),
        ({"yellow": 0.7, "white": 0.3}, "bright"),
        ({"red": 0.3, "blue": 0.3, "green": 0.2, "brown": 0.2}, "colourful"),
    ],
)
def test_colours_suggest_styles(shares: dict[str, float], keyword: str) -> None:
    assert keywords((), (), shares) == (keyword,)


def test_there_are_at_most_eight() -> None:
    assert len(keywords([f"style {n}" for n in range(20)], ("jeans",), {})) == MAX_STYLE_KEYWORDS
