"""What does the local analyser find?"""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.taste.analysers.findings import MAX_COLORS, MAX_GARMENTS, MAX_STYLE_KEYWORDS, Findings, ItemText
from processors.taste.analysers.lexicon_garments import SECTIONS
from processors.taste.analysers.local import ANALYSER, analyse
from shared.errors import Permanent
from tests.unit.taste.analysers.drawn import encoded, item, worn_top

RED_ITEM = encoded(item("#c8102e", size=(24, 32)))
VOCABULARY = sorted(
    {form.strip() for kinds in SECTIONS.values() for forms in kinds.values() for form in forms.split(",")}
)
TITLES = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from([*VOCABULARY, "red", "navy", "wine", "striped", "with", "-", "&"]), max_size=8).map(
        " ".join
    ),
)


def test_everything_is_found_together() -> None:
    title = "Harbour Men's Striped Navy Polo T-shirt"
    assert analyse(encoded(worn_top("#1b2a4f")), ItemText(title=title)) == Findings(
        style_keywords=("striped", "casual", "preppy"),
        colors=("navy blue", "blue"),
        garments=("polo shirts", "t-shirts"),
        brand="Harbour",
        analyser=ANALYSER,
    )


def test_a_picture_alone_gives_colours() -> None:
    found = analyse(RED_ITEM, ItemText())
    assert (found.colors, found.garments, found.brand) == (("red",), (), None)


def test_the_record_s_brand_wins_over_the_title_s() -> None:
    assert analyse(RED_ITEM, ItemText(title="Nike Shoes", brand="Harbour Lane")).brand == "Harbour Lane"


def test_a_brand_s_words_name_no_colour() -> None:
    assert analyse(encoded(item("#1a1a1a")), ItemText(title="Red Tape Shoes")).colors == ("black",)


@pytest.mark.parametrize(
    "known",
    [ItemText(category="Footwear > Boots"), ItemText(tags=("boots",)), ItemText(title="Wonder", tags=("boot",))],
)
def test_category_and_tags_name_what_the_title_does_not(known: ItemText) -> None:
    assert analyse(RED_ITEM, known).garments == ("boots",)


def test_the_title_s_garment_wins_over_the_category_s() -> None:
    assert analyse(RED_ITEM, ItemText(title="Scarf", category="Dresses")).garments == ("scarves",)


def test_tags_name_a_colour_where_the_title_does_not() -> None:
    assert analyse(RED_ITEM, ItemText(title="Scarf", tags=("maroon",))).colors[0] == "maroon"


def test_an_undecodable_picture_is_refused_for_good_whatever_the_title() -> None:
    with pytest.raises(Permanent) as refused:
        analyse(b"GIF89a", ItemText(title="Red Shirt"))
    assert refused.value.code == "picture_undecodable"


@settings(deadline=None)
@given(TITLES, st.none() | st.text(max_size=20), st.none() | TITLES, st.lists(TITLES, max_size=5).map(tuple))
def test_any_words_give_findings_within_limits(
    title: str, brand: str | None, category: str | None, tags: tuple[str, ...]
) -> None:
    known = ItemText(title, brand, category, tags)
    found = analyse(RED_ITEM, known)
    assert len(found.style_keywords) <= MAX_STYLE_KEYWORDS
    assert 1 <= len(found.colors) <= MAX_COLORS
    assert len(found.garments) <= MAX_GARMENTS
    for names in (found.style_keywords, found.colors, found.garments):
        assert len(set(names)) == len(names)
        assert all(name and name == name.lower() for name in names)
    assert found == analyse(RED_ITEM, known)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_findings_or_are_refused_for_good(picture: bytes) -> None:
    with suppress(Permanent):
        assert analyse(picture, ItemText()).analyser == ANALYSER


def test_the_package_loads_neither_pillow_nor_numpy() -> None:
    code = (
        "import sys, processors.taste.analysers, processors.taste.analysers.findings;"
        "sys.exit(bool({'PIL', 'numpy'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
